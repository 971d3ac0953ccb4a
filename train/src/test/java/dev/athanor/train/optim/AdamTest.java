package dev.athanor.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.tensor.Tensor;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AdamTest {
  /// Two weights of 1, one with gradients 10 and then 0, the other with 0.1 and then 0; η = 0.1, β₁ = β₂ = ½, λ = 0.1. By hand:
  ///
  /// | | gradient 10 | gradient 0.1 |
  /// |---|---|---|
  /// | no decay, step 1 | 1 − η·1 = 0.9 | the same |
  /// | no decay, step 2 | m̂/√v̂ = (¼·g/¾)/√(¼·g²/¾) = 1/√3: 0.9 − 0.057735 = 0.842265 | the same |
  /// | AdamW, step 1 | 1 − 0.01 − 0.1 = 0.89 | the same |
  /// | AdamW, step 2 | 0.89 − 0.0089 − 0.057735 = 0.823365 | the same |
  /// | L2, step 1 | g′ = 10.1; 1 − 0.1 = 0.9 | g′ = 0.2; 0.9 |
  /// | L2, step 2 | g′ = 0.09; m̂ = 3.42667, √v̂ = 5.83170; 0.9 − 0.058759 = 0.841241 | m̂ = 0.126667, √v̂ = 0.136870; 0.9 − 0.092545 = 0.807455 |
  ///
  /// So decoupled decay takes 0.0189 off both, while L2 takes 0.001 off the weight with the large gradient and 0.035 off the other.
  @Test
  void step_largeAndSmallGradient_decayApartWithL2AndAlikeWithAdamW() {
    try (Tensor coupled = Tensor.of(new float[] {1, 1}, 1, 2);
        Tensor decoupled = Tensor.of(new float[] {1, 1}, 1, 2);
        Tensor none = Tensor.of(new float[] {1, 1}, 1, 2);
        Tensor first = Tensor.of(new float[] {10, 0.1f}, 1, 2);
        Tensor second = Tensor.zeros(1, 2);
        Adam adam = new Adam(Map.of("w", coupled), new Adam.Settings(0.1, 0.5, 0.5, 1e-10, 0.1));
        AdamW adamW = new AdamW(Map.of("w", decoupled), new AdamW.Settings(0.1, 0.5, 0.5, 1e-10, 0.1));
        Adam without = new Adam(Map.of("w", none), new Adam.Settings(0.1, 0.5, 0.5, 1e-10, 0))) {
      for (Optimizer optimizer : new Optimizer[] {adam, adamW, without}) {
        optimizer.step(Map.of("w", first), 1);
      }
      assertThat(coupled.floats()).containsExactly(new float[] {0.9f, 0.9f}, within(1e-6f));
      assertThat(decoupled.floats()).containsExactly(new float[] {0.89f, 0.89f}, within(1e-6f));
      assertThat(none.floats()).containsExactly(new float[] {0.9f, 0.9f}, within(1e-6f));
      for (Optimizer optimizer : new Optimizer[] {adam, adamW, without}) {
        optimizer.step(Map.of("w", second), 1);
      }
      assertThat(coupled.floats()).containsExactly(new float[] {0.841241f, 0.807455f}, within(2e-6f));
      assertThat(decoupled.floats()).containsExactly(new float[] {0.823365f, 0.823365f}, within(2e-6f));
      assertThat(none.floats()).containsExactly(new float[] {0.842265f, 0.842265f}, within(2e-6f));
    }
  }

  @Test
  void step_withoutDecay_isAdamW() {
    try (Tensor one = Tensor.zeros(1, 2);
        Tensor two = Tensor.zeros(1, 2);
        Adam adam = new Adam(Map.of("w", one), new Adam.Settings(0.1, 0.9, 0.99, 1e-8, 0));
        AdamW adamW = new AdamW(Map.of("w", two), new AdamW.Settings(0.1, 0.9, 0.99, 1e-8, 0))) {
      Quadratic.distance(adam, one, 20, true);
      Quadratic.distance(adamW, two, 20, true);
      assertThat(one.floats()).containsExactly(two.floats(), within(1e-6f));
    }
  }

  @Test
  void step_decay_sparesVectors() {
    try (Tensor matrix = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor vector = Tensor.of(new float[] {1, 2}, 2);
        Tensor zero = Tensor.zeros(1, 2);
        Tensor zeros = Tensor.zeros(2);
        Adam adam = new Adam(Map.of("m", matrix, "v", vector), new Adam.Settings(0.01, 0.9, 0.999, 1e-8, 0.5))) {
      adam.step(Map.of("m", zero, "v", zeros), 0.5);
      // All of the gradient is the decay, and Adam makes any gradient a step of the learning rate.
      assertThat(matrix.floats()).containsExactly(new float[] {0.995f, 1.995f}, within(1e-6f));
      assertThat(vector.floats()).containsExactly(1, 2);
    }
  }

  @Test
  void step_convexValley_converges() {
    try (Tensor weight = Tensor.zeros(1, 2);
        Adam adam = new Adam(Map.of("w", weight), new Adam.Settings(0.2, 0.9, 0.99, 1e-8, 0))) {
      assertThat(Quadratic.distance(adam, weight, 600, true)).isLessThan(1e-4);
    }
  }

  @Test
  void state_restoredIntoAnother_goesOnWithTheSameBits() {
    Adam.Settings settings = new Adam.Settings(0.01, 0.9, 0.999, 1e-8, 0.5);
    try (Tensor one = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor two = Tensor.zeros(1, 2);
        Tensor g = Tensor.of(new float[] {0.3f, -0.7f}, 1, 2);
        Adam first = new Adam(Map.of("w", one), settings);
        Adam second = new Adam(Map.of("w", two), settings)) {
      first.step(Map.of("w", g), 1);
      first.step(Map.of("w", g), 1);
      two.copy_(one);
      assertThat(first.state().keySet()).containsExactly("w.adam_m", "w.adam_v", "w.adam_step");
      first.state()
          .forEach((name, tensor) -> Objects.requireNonNull(second.state().get(name), name).set(tensor.floats()));
      first.step(Map.of("w", g), 1);
      second.step(Map.of("w", g), 1);
      assertThat(two.floats()).isEqualTo(one.floats());
    }
  }

  @Test
  void settings_impossible_areRefused() {
    assertThatThrownBy(() -> new Adam.Settings(0.1, 1, 0.9, 1e-8, 0)).hasMessageContaining("betas");
    assertThatThrownBy(() -> new Adam.Settings(0.1, 0.9, 0.9, 1e-8, -1)).hasMessageContaining("decay");
    try (Tensor weight = Tensor.zeros(1, 1);
        Adam adam = new Adam(Map.of("w", weight), new Adam.Settings(0.1, 0.9, 0.9, 1e-8, 0))) {
      assertThatThrownBy(() -> adam.step(Map.of(), 1)).hasMessageContaining("w");
    }
  }
}
