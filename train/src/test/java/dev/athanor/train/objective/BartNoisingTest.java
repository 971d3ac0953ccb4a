package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.train.LabelledBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BartNoisingTest {
  private static final int BOS = 257;
  private static final int EOS = 258;
  private static final int MASK = 259;
  private static final SentenceEnds FULL_STOP = ids -> {
    boolean[] ends = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ends[i] = ids[i] == '.';
    }
    return ends;
  };

  private static BartNoising source(ListedRows rows, int perBatch, long seed, Noise... noises) {
    return new BartNoising(
        new Pieces(rows, perBatch, Bytes.END), List.of(noises), FULL_STOP, Frame.around(BOS, EOS), MASK, EOS, seed);
  }

  private static SeqToSeqBatch pairs(LabelledBatch batch) {
    return (SeqToSeqBatch) batch.batch();
  }

  /// The spoilt text of a row that is one document and its end, without the frame.
  private static int[] spoilt(BartNoising source, long index) {
    long[] ids = pairs(source.microBatch(index)).source().ids();
    assertThat(ids[0]).isEqualTo(BOS);
    assertThat(ids[ids.length - 1]).isEqualTo(EOS);
    return Arrays.stream(ids, 1, ids.length - 1).mapToInt(id -> (int) id).toArray();
  }

  private static ListedRows counting(int tokens) {
    return ListedRows.of(tokens + 1, IntStream.range(0, tokens).map(i -> 1000 + i).toArray());
  }

  @Test
  void microBatch_anyNoise_hasTheTextAsItsTargetAndReadsItOnePlaceLate() {
    ListedRows rows = ListedRows.random(40, 30, 0, 70, 3);
    BartNoising source = source(rows, 2, 1, Noise.BART.toArray(new Noise[0]));
    for (long index = 0; index < 50; index++) {
      LabelledBatch batch = source.microBatch(index);
      List<int[]> targets = SpanCorruptionTest.split(batch.targets(), pairs(batch).target().lengths());
      List<int[]> read = SpanCorruptionTest.split(pairs(batch).target().ids(), pairs(batch).target().lengths());
      long first = 2 * index;
      List<int[]> texts = IntStream.range(0, 2).boxed().flatMap(r -> rows.pieces(first + r).stream()).toList();
      assertThat(targets).hasSameSizeAs(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(targets.get(i)).isEqualTo(Frame.around(BOS, EOS).around(texts.get(i)));
        assertThat(read.get(i)[0]).isEqualTo(EOS);
        assertThat(Arrays.copyOfRange(read.get(i), 1, read.get(i).length))
            .isEqualTo(Arrays.copyOf(targets.get(i), targets.get(i).length - 1));
        assertThat(pairs(batch).source().lengths()[i]).isBetween(2, 42);
      }
    }
  }

  /// 0.3 of 15 tokens is four or five, 4.5 on average; σ of the mean of 20 000 is 0.0035. A place is masked 6 000 times, σ = 65.
  @Test
  void microBatch_tokenMasking_masksTheShareAndEveryPlaceAlike() {
    BartNoising source = source(counting(15), 1, 1, new Noise.TokenMasking(0.3));
    int[] masked = new int[15];
    for (long index = 0; index < 20_000; index++) {
      int[] text = spoilt(source, index);
      for (int i = 0; i < 15; i++) {
        assertThat(text[i]).isIn(MASK, 1000 + i);
        masked[i] += text[i] == MASK ? 1 : 0;
      }
    }
    assertThat(Arrays.stream(masked).sum() / 20_000.0).isCloseTo(4.5, within(0.018));
    for (int count : masked) {
      assertThat(count).isCloseTo(6000, within(325));
    }
  }

  @Test
  void microBatch_tokenDeletion_leavesTheRestInOrderAndDeletesEveryPlaceAlike() {
    BartNoising source = source(counting(15), 1, 1, new Noise.TokenDeletion(0.3));
    int[] left = new int[15];
    for (long index = 0; index < 20_000; index++) {
      int[] text = spoilt(source, index);
      assertThat(text).isSorted().doesNotHaveDuplicates();
      for (int id : text) {
        left[id - 1000]++;
      }
    }
    assertThat(Arrays.stream(left).sum() / 20_000.0).isCloseTo(10.5, within(0.018));
    for (int count : left) {
      assertThat(count).isCloseTo(14_000, within(325));
    }
  }

  /// 5 000 texts of 200 tokens lose exactly 60 each, through as many masks as a simulation of another kind says; σ of a text's
  /// number is √(60 / 9) = 2.6, of the mean 0.04.
  @Test
  void microBatch_textInfilling_takesTheShareOutInPoissonSpans() {
    BartNoising source = source(counting(200), 1, 1, new Noise.TextInfilling(0.3, 3));
    Map<Integer, Integer> gaps = new TreeMap<>();
    long masks = 0;
    for (long index = 0; index < 5000; index++) {
      int[] text = spoilt(source, index);
      int[] kept = Arrays.stream(text).filter(id -> id != MASK).toArray();
      assertThat(kept).hasSize(140).isSorted().doesNotHaveDuplicates();
      masks += text.length - 140;
      for (int i = 1; i + 1 < text.length; i++) {
        if (text[i] == MASK && text[i - 1] != MASK && text[i + 1] != MASK) {
          gaps.merge(text[i + 1] - text[i - 1] - 1, 1, Integer::sum);
        }
      }
    }
    assertThat(masks / 5000.0).isCloseTo(simulatedMasks(), within(0.2));
    // Masks that stand alone, of which the length of the span shows, follow Poisson's law; one in twenty is the last of its text
    // and cut, which moves no share by more than 0.01.
    double total = gaps.values().stream().mapToInt(Integer::intValue).sum();
    double p = Math.exp(-3);
    for (int length = 0; length < 8; length++) {
      assertThat(gaps.getOrDefault(length, 0) / total).as("spans of %d", length).isCloseTo(p, within(0.012));
      p *= 3.0 / (length + 1);
    }
  }

  /// Java's own random numbers, and another way to draw Poisson's: the number of events of rate 3 in a unit of time.
  private static double simulatedMasks() {
    var random = new java.util.Random(1);
    long spans = 0;
    for (int text = 0; text < 20_000; text++) {
      for (int left = 60; left > 0; spans++) {
        int events = 0;
        for (double time = random.nextExponential() / 3; time < 1; time += random.nextExponential() / 3) {
          events++;
        }
        left -= events;
      }
    }
    return spans / 20_000.0;
  }

  @Test
  void microBatch_sentencePermutation_keepsSentencesWholeAndOrdersAlike() {
    byte[] text = "ab.c.def.g".getBytes(StandardCharsets.UTF_8);
    ListedRows rows = ListedRows.of(text.length + 1, IntStream.range(0, text.length).map(i -> text[i]).toArray());
    BartNoising source = source(rows, 1, 1, new Noise.SentencePermutation(1));
    Map<String, Integer> counts = new HashMap<>();
    for (long index = 0; index < 24_000; index++) {
      int[] spoilt = spoilt(source, index);
      counts.merge(new String(spoilt, 0, spoilt.length), 1, Integer::sum);
    }
    // 24 orders; "g" has no full stop of its own, and in some of them it runs into the sentence after it.
    assertThat(counts).hasSize(24).containsKey("gdef.ab.c.");
    double chiSquare = counts.values().stream().mapToDouble(c -> (c - 1000.0) * (c - 1000) / 1000).sum();
    assertThat(chiSquare).isLessThan(49.7);
  }

  @Test
  void microBatch_permutationOfHalf_movesNoMoreThanHalf() {
    int[] text = IntStream.range(0, 40).map(i -> i % 2 == 0 ? 1000 + i : '.').toArray();
    BartNoising source = source(ListedRows.of(41, text), 1, 1, new Noise.SentencePermutation(0.5));
    int most = 0;
    for (long index = 0; index < 200; index++) {
      int[] spoilt = spoilt(source, index);
      int moved = 0;
      for (int i = 0; i < 40; i += 2) {
        moved += spoilt[i] == text[i] ? 0 : 1;
      }
      assertThat(Arrays.stream(spoilt).sorted().toArray()).isEqualTo(Arrays.stream(text).sorted().toArray());
      assertThat(moved).isLessThanOrEqualTo(10);
      most = Math.max(most, moved);
    }
    assertThat(most).isEqualTo(10);
  }

  @Test
  void microBatch_documentRotation_beginsAtAnyTokenAndGoesRound() {
    BartNoising source = source(counting(6), 1, 1, new Noise.DocumentRotation(0.5));
    int[] first = new int[6];
    for (long index = 0; index < 12_000; index++) {
      int[] text = spoilt(source, index);
      first[text[0] - 1000]++;
      for (int i = 1; i < 6; i++) {
        assertThat(text[i]).isEqualTo(1000 + (text[i - 1] - 1000 + 1) % 6);
      }
    }
    // Half are left alone, and a sixth of the others begin where they did; σ = 54 and 30.
    assertThat(first[0]).isCloseTo(7000, within(270));
    for (int i = 1; i < 6; i++) {
      assertThat(first[i]).isCloseTo(1000, within(150));
    }
  }

  @Test
  void microBatch_rateOfNothing_leavesTheTextAlone() {
    Noise[] nothing = {
      new Noise.TokenMasking(0), new Noise.TokenDeletion(0), new Noise.TextInfilling(0, 3), new Noise.SentencePermutation(0),
      new Noise.DocumentRotation(0)
    };
    int[] text = {5, '.', 6, 7, '.'};
    assertThat(spoilt(source(ListedRows.of(6, text), 1, 1, nothing), 3)).isEqualTo(text);
    assertThat(spoilt(source(ListedRows.of(6, text), 1, 1), 3)).isEqualTo(text);
  }

  @Test
  void microBatch_rateOfOne_spoilsEverything() {
    ListedRows rows = counting(9);
    assertThat(spoilt(source(rows, 1, 1, new Noise.TokenMasking(1)), 0)).hasSize(9).containsOnly(MASK);
    assertThat(spoilt(source(rows, 1, 1, new Noise.TokenDeletion(1)), 0)).isEmpty();
    assertThat(spoilt(source(rows, 1, 1, new Noise.TextInfilling(1, 3)), 0)).containsOnly(MASK);
  }

  /// With spans of one on average more masks come in than tokens go out now and then; a row does not grow.
  @Test
  void microBatch_insertedMasks_neverMakeATextLongerThanTheRow() {
    BartNoising source = source(ListedRows.random(20, 10, 20, 40, 1), 1, 1, new Noise.TextInfilling(0.5, 1));
    boolean cut = false;
    for (long index = 0; index < 300; index++) {
      for (int length : pairs(source.microBatch(index)).source().lengths()) {
        assertThat(length).isLessThanOrEqualTo(22);
        cut |= length == 22;
      }
    }
    assertThat(cut).isTrue();
  }

  @Test
  void microBatch_oneTokenAndNone_areTextsToo() {
    Noise[] all = {
      new Noise.SentencePermutation(1), new Noise.DocumentRotation(1), new Noise.TokenDeletion(0.5), new Noise.TokenMasking(0.5),
      new Noise.TextInfilling(0.5, 3)
    };
    BartNoising source = source(ListedRows.of(2, new int[] {7}), 1, 1, all);
    for (long index = 0; index < 50; index++) {
      assertThat(source.microBatch(index).targets()).containsExactly(BOS, 7, EOS);
    }
    LabelledBatch none = source(ListedRows.of(1, new int[0]), 1, 1, all).microBatch(0);
    assertThat(none.targets()).containsExactly(BOS, EOS);
  }

  @Test
  void microBatch_sameSeedAndRow_isTheSameInBatchesOfAnySizeAndAnotherInEveryEpoch() {
    Noise[] noises = Noise.BART.toArray(new Noise[0]);
    ListedRows rows = counting(60);
    long[] together = pairs(source(rows, 2, 9, noises).microBatch(3)).source().ids();
    long[] first = pairs(source(rows, 1, 9, noises).microBatch(6)).source().ids();
    long[] second = pairs(source(rows, 1, 9, noises).microBatch(7)).source().ids();
    assertThat(together).isEqualTo(java.util.stream.LongStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray());
    assertThat(second).isNotEqualTo(first);
    assertThat(pairs(source(rows, 1, 10, noises).microBatch(6)).source().ids()).isNotEqualTo(first);
  }

  @Test
  void noise_impossibleRates_areRefused() {
    assertThatThrownBy(() -> new Noise.TokenMasking(1.5)).hasMessageContaining("token masking");
    assertThatThrownBy(() -> new Noise.TokenDeletion(-1)).hasMessageContaining("token deletion");
    assertThatThrownBy(() -> new Noise.TextInfilling(0.3, 0)).hasMessageContaining("mean span");
    assertThatThrownBy(() -> new Noise.TextInfilling(Double.NaN, 3)).hasMessageContaining("text infilling");
    assertThatThrownBy(() -> new Noise.SentencePermutation(2)).hasMessageContaining("sentence permutation");
    assertThatThrownBy(() -> new Noise.DocumentRotation(2)).hasMessageContaining("document rotation");
  }
}
