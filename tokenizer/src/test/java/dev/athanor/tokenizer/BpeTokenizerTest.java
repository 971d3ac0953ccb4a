package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BpeTokenizerTest {
  private final BpeTokenizer tokenizer = trained(400);

  static BpeTokenizer trained(int vocabSize) {
    RandomText random = new RandomText(3);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      texts.add(random.words(60) + random.next(20));
    }
    return new BpeTrainer(BpeTrainer.Options.of(vocabSize)).train(texts, Progress.silent());
  }

  @Test
  void encode_emptyText_returnsNothing() {
    assertThat(tokenizer.encode("")).isEmpty();
    assertThat(tokenizer.encodeWithSpecials("")).isEmpty();
  }

  @Test
  void decode_encodedRandomUnicode_isTheText() {
    RandomText random = new RandomText(5);
    for (int i = 0; i < 5_000; i++) {
      String text = random.next(40);
      assertThat(tokenizer.decode(tokenizer.encode(text), false)).isEqualTo(text);
      assertThat(tokenizer.decode(tokenizer.encodeWithSpecials(text), false)).isEqualTo(text);
    }
  }

  @Test
  void decode_halfASurrogatePair_isReplaced() {
    assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db\uDC4D\uD83D\uDC4D"), false)).isEqualTo("a\uFFFDb\uFFFD👍");
  }

  @Test
  void encode_halfAMegabyteOfOneLetter_completes() {
    String text = "a".repeat(512 * 1024);
    int[] ids = tokenizer.encode(text);
    assertThat(ids.length).isLessThan(text.length() / 2);
    assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
  }

  @Test
  void encode_nameOfASpecialToken_isOrdinaryText() {
    int end = tokenizer.id(ChatMl.END).orElseThrow();
    assertThat(tokenizer.encode("x<|im_end|>y")).doesNotContain(end);
    assertThat(tokenizer.encodeWithSpecials("x<|im_end|>y")).containsOnlyOnce(end);
    int[] ids = tokenizer.encodeWithSpecials("x<|im_end|>y");
    assertThat(tokenizer.decode(ids, true)).isEqualTo("xy");
    assertThat(tokenizer.decode(ids, false)).isEqualTo("x<|im_end|>y");
  }

  @Test
  void encode_onManyThreads_isTheSame() throws Exception {
    RandomText random = new RandomText(21);
    List<String> texts = new ArrayList<>();
    List<int[]> expected = new ArrayList<>();
    BpeTokenizer fresh = trained(400);
    for (int i = 0; i < 300; i++) {
      texts.add(random.next(60));
      expected.add(tokenizer.encode(texts.get(i)));
    }
    Callable<List<int[]>> encodeAll = () -> texts.stream().map(fresh::encode).toList();
    try (var pool = Executors.newFixedThreadPool(4)) {
      for (var future : pool.invokeAll(List.of(encodeAll, encodeAll, encodeAll, encodeAll))) {
        assertThat(future.get()).usingRecursiveComparison().isEqualTo(expected);
      }
    }
  }

  @Test
  void id_ofEveryTokenThatIsText_isThatToken() {
    for (int id = 0; id < tokenizer.vocabSize(); id++) {
      String text = new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
      if (!text.contains("\uFFFD")) {
        assertThat(tokenizer.id(text)).hasValue(id);
      }
    }
    assertThat(tokenizer.id("no such token")).isEmpty();
  }

  @Test
  void split_overlappingAddedTokens_takesTheLeftmostLongest() {
    AddedTokens added =
        new AddedTokens(
            List.of(
                AddedToken.special(1, "<a>"),
                AddedToken.special(2, "<a><b>"),
                new AddedToken(3, "<m>", true, true, false, true)));
    StringBuilder seen = new StringBuilder();
    added.split("x<a><b><a>  <m> \ny<a", t -> seen.append('[').append(t).append(']'), seen::append);
    assertThat(seen).hasToString("[x]213[y<a]");
  }

  @Test
  void pollOfHeap_randomItems_comesInOrder() {
    Random random = new Random(2);
    LongHeap heap = new LongHeap(1);
    long[] items = random.longs(500, 0, 300).toArray();
    for (long item : items) {
      heap.add(item);
    }
    long[] sorted = IntStream.range(0, 500).mapToLong(i -> heap.poll()).toArray();
    java.util.Arrays.sort(items);
    assertThat(sorted).containsExactly(items);
    assertThat(heap.isEmpty()).isTrue();
  }
}
