package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.nn.TokenBatch;
import dev.athanor.train.BatchSource;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.TinyModels;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PrefixLmTest {
  private static final long NO = LabelledBatch.IGNORED;

  /// Sequences of 1, 2, 9 and 30 tokens that count upwards.
  private static LabelledBatch counting(long index) {
    int[] lengths = {1, 2, 9, 30};
    long[] ids = new long[42];
    long[] targets = new long[42];
    for (int i = 0; i < 42; i++) {
      ids[i] = index * 1000 + i;
      targets[i] = ids[i] + 1;
    }
    return new LabelledBatch(new TokenBatch(ids, lengths), targets);
  }

  @Test
  void microBatch_everySequence_learnsWhatFollowsItsPrefixAndNothingElse() {
    BatchSource source = new PrefixLm(PrefixLmTest::counting, 3);
    for (long index = 0; index < 50; index++) {
      LabelledBatch batch = source.microBatch(index);
      TokenBatch sequences = TinyModels.tokens(batch);
      assertThat(sequences.ids()).isEqualTo(TinyModels.tokens(counting(index)).ids());
      int at = 0;
      for (int s = 0; s < 4; s++) {
        int prefix = sequences.prefixes()[s];
        assertThat(prefix).isBetween(1, sequences.lengths()[s]);
        for (int i = 0; i < sequences.lengths()[s]; i++, at++) {
          assertThat(batch.targets()[at]).isEqualTo(i < prefix - 1 ? NO : counting(index).targets()[at]);
        }
      }
    }
  }

  /// 20 000 prefixes of a sequence of 30: each number is expected 667 times, σ = 25.4; χ² of 29 degrees of freedom stays below
  /// 58.3 with probability 0.999.
  @Test
  void microBatch_manySequences_havePrefixesOfEveryLengthAlike() {
    BatchSource source = new PrefixLm(PrefixLmTest::counting, 7);
    int[] counts = new int[31];
    for (long index = 0; index < 20_000; index++) {
      counts[TinyModels.tokens(source.microBatch(index)).prefixes()[3]]++;
    }
    double expected = 20_000 / 30.0;
    double chiSquare = Arrays.stream(counts).skip(1).mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
    assertThat(counts[0]).isZero();
    assertThat(chiSquare).isLessThan(58.3);
  }

  @Test
  void microBatch_sameSeedAndIndex_isTheSameAndOthersDiffer() {
    int[] one = TinyModels.tokens(new PrefixLm(PrefixLmTest::counting, 7).microBatch(5)).prefixes();
    assertThat(TinyModels.tokens(new PrefixLm(PrefixLmTest::counting, 7).microBatch(5)).prefixes()).isEqualTo(one);
    assertThat(TinyModels.tokens(new PrefixLm(PrefixLmTest::counting, 8).microBatch(5)).prefixes()).isNotEqualTo(one);
    assertThat(TinyModels.tokens(new PrefixLm(PrefixLmTest::counting, 7).microBatch(6)).prefixes()).isNotEqualTo(one);
  }

  @Test
  void microBatch_pairs_areRefused() {
    TokenBatch one = new TokenBatch(new long[1], new int[] {1});
    BatchSource pairs = _ -> new LabelledBatch(new SeqToSeqBatch(one, one), new long[1]);
    assertThatThrownBy(() -> new PrefixLm(pairs, 1).microBatch(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
