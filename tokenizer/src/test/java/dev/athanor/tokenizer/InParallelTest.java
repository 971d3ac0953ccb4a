package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InParallelTest {
  @Test
  void encodeAll_anyNumberOfThreads_isEachTextByItself() {
    RandomText random = new RandomText(5);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      texts.add(random.next(i % 40));
    }
    BpeTokenizer tokenizer = new BpeTrainer(BpeTrainer.Options.of(500)).train(texts, Progress.silent());
    List<int[]> expected = texts.stream().map(tokenizer::encode).toList();
    for (int threads : new int[] {1, 2, 7}) {
      assertThat(tokenizer.encodeAll(texts, threads)).containsExactlyElementsOf(expected);
    }
    assertThat(tokenizer.encodeAll(List.of(), 4)).isEmpty();
  }

  @Test
  void map_workThatRefusesAText_saysWhatItSaid() {
    List<String> texts = List.of("a".repeat(100).split("", 0));
    assertThatThrownBy(
            () ->
                InParallel.map(
                    texts,
                    _ -> {
                      throw new UserException("not this one");
                    },
                    3))
        .isInstanceOf(UserException.class)
        .hasMessage("not this one");
  }
}
