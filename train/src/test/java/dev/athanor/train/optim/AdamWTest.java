package dev.athanor.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.tensor.Tensor;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AdamWTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.01, 0.9, 0.999, 1e-8, 0.5);

  /// With L2 in the gradient, Adam divides the decay by the gradient's size: a weight with a constant large gradient barely
  /// decays. Decoupled, all weights decay at one rate. Section 2 of the paper.
  @Test
  void step_largeGradient_decaysAtFullRateAndNotAsWithL2() {
    double gradient = 100;
    double decoupled = 2;
    double l2 = 2;
    double m = 0;
    double v = 0;
    try (Tensor weight = Tensor.of(new float[] {2}, 1, 1);
        Tensor g = Tensor.of(new float[] {(float) gradient}, 1, 1);
        AdamW adamW = new AdamW(Map.of("w", weight), SETTINGS)) {
      for (int step = 1; step <= 10; step++) {
        adamW.step(Map.of("w", g), 1);
        // A constant gradient gives m̂/√v̂ = 1.
        decoupled -= 0.01 * 0.5 * decoupled + 0.01;
        double coupled = gradient + 0.5 * l2;
        m = 0.9 * m + 0.1 * coupled;
        v = 0.999 * v + 0.001 * coupled * coupled;
        l2 -= 0.01 * (m / (1 - Math.pow(0.9, step))) / Math.sqrt(v / (1 - Math.pow(0.999, step)));
      }
      assertThat(weight.item()).isCloseTo(decoupled, within(1e-5));
      assertThat(l2).isCloseTo(1.9, within(1e-3));
      assertThat(Math.abs(weight.item() - l2)).isGreaterThan(0.08);
    }
  }

  @Test
  void step_noGradientSize_decaysMatricesAndSparesVectors() {
    try (Tensor matrix = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor vector = Tensor.of(new float[] {1, 2}, 2);
        Tensor zero = Tensor.zeros(1, 2);
        Tensor zeros = Tensor.zeros(2);
        AdamW adamW = new AdamW(Map.of("m", matrix, "v", vector), SETTINGS)) {
      adamW.step(Map.of("m", zero, "v", zeros), 0.5);
      assertThat(matrix.floats()).containsExactly(new float[] {0.9975f, 1.995f}, within(1e-6f));
      assertThat(vector.floats()).containsExactly(1, 2);
    }
  }

  @Test
  void state_restoredIntoAnother_goesOnWithTheSameBits() {
    try (Tensor one = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor two = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor g = Tensor.of(new float[] {0.3f, -0.7f}, 1, 2);
        AdamW first = new AdamW(Map.of("w", one), SETTINGS);
        AdamW second = new AdamW(Map.of("w", two), SETTINGS)) {
      first.step(Map.of("w", g), 1);
      first.step(Map.of("w", g), 1);
      two.copy_(one);
      first.state()
          .forEach((name, tensor) -> Objects.requireNonNull(second.state().get(name), name).set(tensor.floats()));
      first.step(Map.of("w", g), 1);
      second.step(Map.of("w", g), 1);
      assertThat(two.floats()).isEqualTo(one.floats());
    }
  }

  @Test
  void step_missingGradient_isNamed() {
    try (Tensor weight = Tensor.zeros(1, 1);
        AdamW adamW = new AdamW(Map.of("w", weight), SETTINGS)) {
      assertThatThrownBy(() -> adamW.step(Map.of(), 1)).hasMessageContaining("w");
    }
  }
}
