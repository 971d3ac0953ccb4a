package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.nn.TokenBatch;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.TinyModels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaskedLmTest {
  private static final long NO = LabelledBatch.IGNORED;
  private static final int CLS = 257;
  private static final int SEP = 258;
  private static final int MASK = 259;
  private static final Bytes VOCABULARY = new Bytes(260);

  private static MaskedLm source(ListedRows rows, int perBatch, MaskedLm.Settings settings, long seed) {
    return source(rows, perBatch, settings, WordStarts.everyToken(), seed);
  }

  private static MaskedLm source(
      ListedRows rows, int perBatch, MaskedLm.Settings settings, WordStarts words, long seed) {
    return new MaskedLm(
        new Pieces(rows, perBatch, Bytes.END), Frame.around(CLS, SEP), settings, words, VOCABULARY, MASK, seed);
  }

  /// What the batch would be without a mask.
  private static long[] framed(List<int[]> pieces) {
    return pieces.stream()
        .flatMapToInt(
            piece -> IntStream.concat(IntStream.of(CLS), IntStream.concat(Arrays.stream(piece), IntStream.of(SEP))))
        .asLongStream()
        .toArray();
  }

  /// 1 500 rows of 128, about 190 000 tokens that can be chosen. The number chosen is rounded by chance row by row, so that its
  /// mean is 0.15 of them; of the 28 000 chosen σ is 0.0024 for the masked and 0.0018 for the random and the kept.
  @Test
  void microBatch_manyTokens_followsTheRatesAndTheTargets() {
    ListedRows rows = ListedRows.random(128, 200, 0, 300, 1);
    MaskedLm source = source(rows, 3, MaskedLm.Settings.BERT, 5);
    long tokens = 0;
    long chosen = 0;
    long masked = 0;
    long kept = 0;
    long[] randoms = new long[256];
    for (long index = 0; index < 500; index++) {
      LabelledBatch batch = source.microBatch(index);
      long[] ids = TinyModels.tokens(batch).ids();
      long first = index * 3;
      List<int[]> pieces = IntStream.range(0, 3).boxed().flatMap(r -> rows.pieces(first + r).stream()).toList();
      long[] original = framed(pieces);
      assertThat(TinyModels.tokens(batch).lengths())
          .isEqualTo(pieces.stream().mapToInt(piece -> piece.length + 2).toArray());
      tokens += pieces.stream().mapToInt(piece -> piece.length).sum();
      for (int i = 0; i < ids.length; i++) {
        if (batch.targets()[i] == NO) {
          assertThat(ids[i]).isEqualTo(original[i]);
          continue;
        }
        assertThat(batch.targets()[i]).isEqualTo(original[i]).isLessThan(256);
        chosen++;
        if (ids[i] == MASK) {
          masked++;
        } else if (ids[i] == original[i]) {
          kept++;
        } else {
          randoms[(int) ids[i]]++;
        }
      }
    }
    assertThat((double) chosen / tokens).isCloseTo(0.15, within(0.001));
    assertThat((double) masked / chosen).isCloseTo(0.8, within(0.01));
    // One random token in 256 is the right one by chance.
    assertThat((double) kept / chosen).isCloseTo(0.1 + 0.1 / 256, within(0.008));
    long random = Arrays.stream(randoms).sum();
    double expected = random / 256.0;
    double chiSquare = Arrays.stream(randoms).mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
    // 255 degrees of freedom: below 331 with probability 0.999.
    assertThat(chiSquare).isLessThan(331);
  }

  /// Ten places of one document, each expected 0.2 · 20 000 times; σ = 57.
  @Test
  void microBatch_manyEpochs_choosesEveryPlaceAlike() {
    ListedRows rows = ListedRows.of(11, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    MaskedLm source = source(rows, 1, new MaskedLm.Settings(0.2, 1, 0), 5);
    int[] counts = new int[10];
    for (long index = 0; index < 20_000; index++) {
      Arrays.stream(source.microBatch(index).targets()).filter(t -> t != NO).forEach(t -> counts[(int) t]++);
    }
    for (int count : counts) {
      assertThat(count).isCloseTo(4000, within(5 * 57));
    }
    assertThat(Arrays.stream(counts).sum()).isEqualTo(40_000);
  }

  @Test
  void microBatch_nextEpoch_masksTheSameTextInAnotherWay() {
    int[] document = IntStream.range(0, 99).toArray();
    MaskedLm source = source(ListedRows.of(100, document), 1, MaskedLm.Settings.BERT, 5);
    List<String> masks =
        IntStream.range(0, 50).mapToObj(epoch -> Arrays.toString(source.microBatch(epoch).targets())).toList();
    assertThat(masks).doesNotHaveDuplicates();
  }

  @Test
  void microBatch_sameSeedAndRow_isTheSameInBatchesOfAnySize() {
    ListedRows rows = ListedRows.random(40, 20, 0, 60, 2);
    LabelledBatch together = source(rows, 4, MaskedLm.Settings.BERT, 9).microBatch(3);
    long[] ids = {};
    long[] targets = {};
    for (int r = 0; r < 4; r++) {
      LabelledBatch alone = source(rows, 1, MaskedLm.Settings.BERT, 9).microBatch(12 + r);
      ids = concat(ids, TinyModels.tokens(alone).ids());
      targets = concat(targets, alone.targets());
    }
    assertThat(TinyModels.tokens(together).ids()).isEqualTo(ids);
    assertThat(together.targets()).isEqualTo(targets);
    assertThat(source(rows, 4, MaskedLm.Settings.BERT, 10).microBatch(3).targets()).isNotEqualTo(targets);
  }

  private static long[] concat(long[] a, long[] b) {
    return java.util.stream.LongStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
  }

  /// Words of three tokens: each is chosen as a whole or not at all, and each of its tokens meets a fate of its own.
  @Test
  void microBatch_words_areChosenWhole() {
    WordStarts threes = ids -> {
      boolean[] starts = new boolean[ids.length];
      for (int i = 0; i < ids.length; i += 3) {
        starts[i] = true;
      }
      return starts;
    };
    ListedRows rows = ListedRows.of(61, IntStream.range(0, 60).toArray());
    MaskedLm source = source(rows, 1, MaskedLm.Settings.BERT, threes, 5);
    int chosen = 0;
    int mixed = 0;
    for (long index = 0; index < 2000; index++) {
      LabelledBatch batch = source.microBatch(index);
      long[] ids = TinyModels.tokens(batch).ids();
      for (int word = 0; word < 20; word++) {
        int at = 1 + 3 * word;
        boolean first = batch.targets()[at] != NO;
        assertThat(batch.targets()[at + 1] != NO).isEqualTo(first);
        assertThat(batch.targets()[at + 2] != NO).isEqualTo(first);
        chosen += first ? 1 : 0;
        mixed += first && ids[at] == MASK && ids[at + 1] != MASK ? 1 : 0;
      }
    }
    // 0.15 of 20 words is always three.
    assertThat(chosen).isEqualTo(6000);
    // 0.8 · 0.2 of 6000; σ = 28.
    assertThat(mixed).isCloseTo(960, within(150));
  }

  @Test
  void microBatch_specialTokens_areNeverChosenAndSplitWords() {
    WordStarts oneWord = ids -> new boolean[ids.length];
    ListedRows rows = ListedRows.of(7, new int[] {1, 2, CLS, MASK, 3, 4});
    MaskedLm everything = source(rows, 1, new MaskedLm.Settings(1, 1, 0), oneWord, 5);
    LabelledBatch batch = everything.microBatch(0);
    assertThat(TinyModels.tokens(batch).ids()).containsExactly(CLS, MASK, MASK, CLS, MASK, MASK, MASK, SEP);
    assertThat(batch.targets()).containsExactly(NO, 1, 2, NO, NO, 3, 4, NO);
    MaskedLm half = source(rows, 1, new MaskedLm.Settings(0.5, 1, 0), oneWord, 5);
    for (long index = 0; index < 20; index++) {
      // Two words, one of which is chosen.
      assertThat(half.microBatch(index).learned()).isEqualTo(2);
    }
  }

  @Test
  void microBatch_edges_areNothingEverythingAndAtLeastOne() {
    ListedRows rows = ListedRows.of(4, new int[] {7}, new int[] {8});
    LabelledBatch nothing = source(rows, 2, new MaskedLm.Settings(0, 1, 0), 5).microBatch(0);
    assertThat(nothing.learned()).isZero();
    assertThat(TinyModels.tokens(nothing).ids()).containsExactly(CLS, 7, SEP, CLS, 8, SEP, CLS, 7, SEP, CLS, 8, SEP);
    LabelledBatch everything = source(rows, 1, new MaskedLm.Settings(1, 0, 0), 5).microBatch(0);
    assertThat(everything.targets()).containsExactly(NO, 7, NO, NO, 8, NO);
    assertThat(TinyModels.tokens(everything).ids()).containsExactly(CLS, 7, SEP, CLS, 8, SEP);
    for (long index = 0; index < 50; index++) {
      assertThat(source(rows, 1, MaskedLm.Settings.BERT, 5).microBatch(index).learned()).isEqualTo(1);
    }
    TokenBatch empty = TinyModels.tokens(source(ListedRows.of(1, new int[0]), 1, MaskedLm.Settings.BERT, 5).microBatch(0));
    assertThat(empty.ids()).containsExactly(CLS, SEP);
  }

  @Test
  void settings_sharesThatAreNone_areRefused() {
    assertThatThrownBy(() -> new MaskedLm.Settings(1.1, 0.8, 0.1)).hasMessageContaining("rate");
    assertThatThrownBy(() -> new MaskedLm.Settings(0.15, 0.8, 0.3)).hasMessageContaining("exceed");
    assertThatThrownBy(() -> new MaskedLm.Settings(0.15, Double.NaN, 0.3)).hasMessageContaining("masked");
    assertThat(new MaskedLm.Settings(0.15, 0.7, 0.1 + 0.2).random()).isPositive();
  }
}
