package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// oracles.md: inf or NaN skips the step and halves the scale; growth after 2000 good steps.
class LossScalerTest {
  @Test
  void update_overflow_skipsAndHalves_andGoodStepsDouble() {
    try (LossScaler scaler = new LossScaler()) {
      assertThat(scaler.scale()).isEqualTo(65_536);
      assertThat(scaler.update(false)).isFalse();
      assertThat(scaler.scale()).isEqualTo(32_768);
      for (int i = 0; i < 1999; i++) {
        assertThat(scaler.update(true)).isTrue();
      }
      assertThat(scaler.scale()).isEqualTo(32_768);
      scaler.update(true);
      assertThat(scaler.scale()).isEqualTo(65_536);
    }
  }

  /// A bad step begins the count anew.
  @Test
  void update_badStepInBetween_delaysGrowth() {
    try (LossScaler scaler = new LossScaler()) {
      for (int i = 0; i < 1999; i++) {
        scaler.update(true);
      }
      scaler.update(false);
      for (int i = 0; i < 1999; i++) {
        scaler.update(true);
      }
      assertThat(scaler.scale()).isEqualTo(32_768);
    }
  }

  @Test
  void isExhausted_afterEndlessOverflow_givesUp() {
    try (LossScaler scaler = new LossScaler()) {
      int steps = 0;
      while (!scaler.isExhausted()) {
        scaler.update(false);
        assertThat(++steps).isLessThan(40);
      }
      assertThat(scaler.scale()).isPositive();
    }
  }
}
