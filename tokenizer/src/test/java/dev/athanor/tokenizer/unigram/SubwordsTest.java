package dev.athanor.tokenizer.unigram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.CharacterBpeTrainer;
import dev.athanor.tokenizer.PipelineTokenizer;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.WordOptions;
import dev.athanor.tokenizer.WordRules;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SubwordsTest {
  private static final List<String> TEXTS = List.of("unhappy happily happier walking walked talking talker", "walk talk happy, unwalked", "中国人民 中国大学");
  private static final WordOptions OPTIONS = new WordOptions(330, List.of("</s>"), WordRules.lossless(), 1, "", true, 1);
  private static final Tokenizer TOKENIZER =
      new UnigramTrainer(OPTIONS, UnigramTrainer.Schedule.standard()).train(TEXTS.iterator(), Progress.silent()).open();

  private static int[] ids(Subwords.Encoded encoded) {
    return encoded.ids().stream().mapToInt(id -> id).toArray();
  }

  @Test
  void best_textOfSeveralWords_isThatOfOneLatticeOverTheWhole() {
    Subwords subwords = Subwords.of(TOKENIZER, "it");
    String text = "unhappy talk 中国";
    UnigramModel model = UnigramModel.read(((PipelineTokenizer) TOKENIZER).json().path("model"), "it");
    List<UnigramLattice.Segmentation> whole = new UnigramLattice(model, "▁unhappy▁talk▁中国").best(50);
    List<Subwords.Encoded> best = subwords.best(text, false, 50);
    assertThat(best).hasSize(50);
    for (int i = 0; i < 50; i++) {
      assertThat(best.get(i).score()).isCloseTo(whole.get(i).score(), within(1e-9));
      assertThat(TOKENIZER.decode(ids(best.get(i)), true)).isEqualTo(text);
    }
    assertThat(new TreeSet<>(best.stream().map(one -> one.ids().toString()).toList())).hasSize(50);
    assertThat(best.getFirst().score()).isCloseTo(subwords.best(text, false, 1).getFirst().score(), within(1e-9));
    assertThat(ids(subwords.best(text, false, 1).getFirst())).hasSameSizeAs(TOKENIZER.encode(text));
  }

  @Test
  void sample_oneSeed_isOneResult_andItsTextIsTheSame() {
    Subwords subwords = Subwords.of(TOKENIZER, "it");
    SplittableRandom random = new SplittableRandom(3);
    TreeSet<String> seen = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      Subwords.Encoded one = subwords.sample("unhappy walking</s>é", true, 0.2, random);
      assertThat(TOKENIZER.decode(ids(one), false)).isEqualTo("unhappy walking</s> é");
      assertThat(one.ids()).containsOnlyOnce(TOKENIZER.endOfText());
      seen.add(one.ids().toString());
    }
    assertThat(seen).hasSizeGreaterThan(20);
    assertThat(subwords.sample("unhappy", false, 0.1, new SplittableRandom(9))).isEqualTo(subwords.sample("unhappy", false, 0.1, new SplittableRandom(9)));
  }

  @Test
  void of_otherModels_isRefused() {
    Tokenizer characters = new CharacterBpeTrainer(OPTIONS, 2).train(TEXTS.iterator(), Progress.silent()).open();
    assertThatThrownBy(() -> Subwords.of(characters, "mine")).isInstanceOf(UserException.class).hasMessageContaining("mine").hasMessageContaining("BPE");
    Tokenizer bytes = new BpeTrainer(BpeTrainer.Options.of(300)).train(TEXTS, Progress.silent());
    assertThatThrownBy(() -> Subwords.of(bytes, "mine")).isInstanceOf(UserException.class).hasMessageContaining("byte-level");
    assertThatThrownBy(() -> Subwords.of(TOKENIZER, "mine").best("a", true, 0)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> Subwords.of(TOKENIZER, "mine").sample("a", true, -1, new SplittableRandom(1))).isInstanceOf(UserException.class);
  }
}
