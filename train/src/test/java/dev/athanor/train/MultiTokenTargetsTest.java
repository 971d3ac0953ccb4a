package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.nn.TokenBatch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MultiTokenTargetsTest {
  private static final long NO = LabelledBatch.IGNORED;

  @Test
  void of_sequences_looksFurtherAheadInsideEachAlone() {
    long[] ids = {10, 11, 12, 20, 30, 31};
    LabelledBatch batch =
        new LabelledBatch(new TokenBatch(ids, new int[] {3, 1, 2}), new long[] {11, NO, 13, 21, 31, 32});
    MultiTokenTargets targets = MultiTokenTargets.of(batch, 4);
    assertThat(targets.byDistance()).hasSize(4);
    assertThat(targets.ahead(1)).containsExactly(11, NO, 13, 21, 31, 32);
    assertThat(targets.ahead(2)).containsExactly(NO, 13, NO, NO, 32, NO);
    assertThat(targets.ahead(3)).containsExactly(13, NO, NO, NO, NO, NO);
    assertThat(targets.ahead(4)).containsOnly(NO);
  }

  @Test
  void of_pairs_looksAheadInTheTargets() {
    TokenBatch source = new TokenBatch(new long[9], new int[] {4, 5});
    TokenBatch target = new TokenBatch(new long[] {0, 1, 0, 5, 6}, new int[] {2, 3});
    LabelledBatch batch = new LabelledBatch(new SeqToSeqBatch(source, target), new long[] {1, 2, 5, 6, 7});
    assertThat(MultiTokenTargets.of(batch, 2).ahead(2)).containsExactly(2, NO, 6, 7, NO);
  }

  /// Packed or apart: the targets of sequences together are those of each alone.
  @Test
  void of_sequencesTogether_areThoseOfEachAlone() {
    LabelledBatch together = TinyModels.together(i -> TinyModels.counting(1, i, 3 + (int) i), 0, 5);
    for (int distance = 1; distance <= 6; distance++) {
      int at = 0;
      for (int i = 0; i < 5; i++) {
        long[] alone = MultiTokenTargets.of(TinyModels.counting(1, i, 3 + i), 6).ahead(distance);
        long[] there = Arrays.copyOfRange(MultiTokenTargets.of(together, 6).ahead(distance), at, at + 3 + i);
        assertThat(there).isEqualTo(alone);
        at += 3 + i;
      }
    }
  }

  @Test
  void of_noDistance_isRefused() {
    LabelledBatch batch = new LabelledBatch(new TokenBatch(new long[1], new int[] {1}), new long[1]);
    assertThatThrownBy(() -> MultiTokenTargets.of(batch, 0)).hasMessageContaining("0");
  }
}
