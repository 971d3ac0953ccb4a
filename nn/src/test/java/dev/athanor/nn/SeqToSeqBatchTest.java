package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SeqToSeqBatchTest {
  private static TokenBatch batch(int... lengths) {
    return new TokenBatch(new long[java.util.Arrays.stream(lengths).sum()], lengths);
  }

  @Test
  void tokens_pairs_countTheTargets() {
    assertThat(new SeqToSeqBatch(batch(3, 1), batch(2, 5)).tokens()).isEqualTo(7);
  }

  @Test
  void pairs_thatDoNotMatch_areRefused() {
    assertThatThrownBy(() -> new SeqToSeqBatch(batch(3, 1), batch(2, 5, 1))).hasMessageContaining("2 sources for 3 targets");
    assertThatThrownBy(() -> new SeqToSeqBatch(batch(3, 0), batch(2, 5))).hasMessageContaining("a source is empty: [3, 0]");
  }
}
