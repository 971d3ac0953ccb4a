package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TokenBatchTest {
  private static TokenBatch withPrefixes(int... prefixes) {
    return new TokenBatch(new long[7], new int[] {3, 4}, prefixes);
  }

  @Test
  void isCausal_prefixes_onlyFromTwoTokensOnLookAhead() {
    assertThat(new TokenBatch(new long[7], new int[] {3, 4}).isCausal()).isTrue();
    assertThat(new TokenBatch(new long[7], new int[] {3, 4}).prefixes()).containsExactly(0, 0);
    assertThat(withPrefixes(1, 0).isCausal()).isTrue();
    assertThat(withPrefixes(1, 2).isCausal()).isFalse();
    assertThat(withPrefixes(3, 4).isCausal()).isFalse();
  }

  @Test
  void prefixes_outsideTheirSequences_areRefused() {
    assertThatThrownBy(() -> withPrefixes(4, 0)).hasMessageContaining("a prefix of 4 tokens in a sequence of 3");
    assertThatThrownBy(() -> withPrefixes(0, -1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> withPrefixes(1)).hasMessageContaining("1 prefixes for 2 sequences");
  }
}
