package dev.athanor.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SgdTest {
  private static final float[] GRADIENTS = {1, -0.5f, 0.25f, 2};

  @Test
  void step_plain_walksDownTheGradientByTheScheduledRate() {
    try (Tensor weight = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor g = Tensor.of(new float[] {0.5f, -4}, 1, 2);
        Sgd sgd = new Sgd(Quadratic.only(weight), Sgd.Settings.plain(0.1))) {
      sgd.step(Map.of("w", g), 1);
      assertThat(weight.floats()).containsExactly(new float[] {0.95f, 2.4f}, within(1e-6f));
      sgd.step(Map.of("w", g), 0.5);
      assertThat(weight.floats()).containsExactly(new float[] {0.925f, 2.6f}, within(1e-6f));
      assertThat(g.floats()).containsExactly(0.5f, -4);
      assertThat(sgd.state()).isEmpty();
    }
  }

  /// Against the formula in doubles, for momentum and Nesterov, with decay and a rate that changes.
  @Test
  void step_momentumAndNesterov_followTheFormula() {
    for (boolean nesterov : new boolean[] {false, true}) {
      double w = 2;
      double m = 0;
      try (Tensor weight = Tensor.of(new float[] {2}, 1, 1);
          Sgd sgd = new Sgd(Quadratic.only(weight), new Sgd.Settings(0.1, 0.9, nesterov, 0.3))) {
        for (int step = 0; step < 4; step++) {
          double factor = 1 - step * 0.2;
          try (Tensor g = Tensor.of(new float[] {GRADIENTS[step]}, 1, 1)) {
            sgd.step(Map.of("w", g), factor);
          }
          double pull = GRADIENTS[step] + 0.3 * w;
          m = 0.9 * m + pull;
          w -= 0.1 * factor * (nesterov ? pull + 0.9 * m : m);
          assertThat(weight.item()).as("step %d", step).isCloseTo(w, within(1e-6));
        }
      }
    }
  }

  @Test
  void step_decay_sparesVectors() {
    try (Tensor matrix = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor vector = Tensor.of(new float[] {1, 2}, 2);
        Tensor zero = Tensor.zeros(1, 2);
        Tensor zeros = Tensor.zeros(2);
        Sgd sgd = new Sgd(new LinkedHashMap<>(Map.of("m", matrix, "v", vector)), new Sgd.Settings(0.1, 0, false, 0.5))) {
      sgd.step(Map.of("m", zero, "v", zeros), 1);
      assertThat(matrix.floats()).containsExactly(new float[] {0.95f, 1.9f}, within(1e-6f));
      assertThat(vector.floats()).containsExactly(1, 2);
    }
  }

  @Test
  void step_leafOfAGraph_isChangedInPlace() {
    try (Tensor weight = Tensor.of(new float[] {1}, 1, 1).requireGrad();
        Tensor g = Tensor.of(new float[] {1}, 1, 1);
        Sgd sgd = new Sgd(Quadratic.only(weight), new Sgd.Settings(0.5, 0.9, true, 0.1))) {
      sgd.step(Map.of("w", g), 1);
      assertThat(weight.item()).isCloseTo(1 - 0.5 * 1.1 * 1.9, within(1e-6));
    }
  }

  /// Theory for curvatures 1 and 25: at the rate 2/26 plain descent shrinks the distance by 24/26 a step, the best there is; the
  /// heavy ball at its own best parameters comes to 4/6 a step, up to a factor that grows with the number of steps.
  @Test
  void step_convexValley_convergesAsTheorySays() {
    try (Tensor one = Tensor.zeros(1, 2);
        Tensor two = Tensor.zeros(1, 2);
        Tensor three = Tensor.zeros(1, 2);
        Sgd plain = new Sgd(Quadratic.only(one), Sgd.Settings.plain(2 / 26.0));
        Sgd heavyBall = new Sgd(Quadratic.only(two), new Sgd.Settings(4 / 36.0, 16 / 36.0, false, 0));
        Sgd nesterov = new Sgd(Quadratic.only(three), new Sgd.Settings(1 / 25.0, 4 / 6.0, true, 0))) {
      double bound = Quadratic.startDistance() * Math.pow(24 / 26.0, 40);
      double plainDistance = Quadratic.distance(plain, one, 40, false);
      assertThat(plainDistance).isLessThan(bound * 1.001).isGreaterThan(bound / 5);
      assertThat(Quadratic.distance(heavyBall, two, 40, false)).isLessThan(plainDistance / 1000);
      assertThat(Quadratic.distance(nesterov, three, 40, false)).isLessThan(plainDistance / 10);
    }
  }

  @Test
  void state_restoredIntoAnother_goesOnWithTheSameBits() {
    Sgd.Settings settings = new Sgd.Settings(0.1, 0.9, true, 0.1);
    try (Tensor one = Tensor.of(new float[] {1, 2}, 1, 2);
        Tensor two = Tensor.zeros(1, 2);
        Tensor g = Tensor.of(new float[] {0.3f, -0.7f}, 1, 2);
        Sgd first = new Sgd(Quadratic.only(one), settings);
        Sgd second = new Sgd(Quadratic.only(two), settings)) {
      first.step(Map.of("w", g), 1);
      first.step(Map.of("w", g), 1);
      two.copy_(one);
      assertThat(first.state().keySet()).containsExactly("w.sgd_m");
      first.state()
          .forEach((name, tensor) -> Objects.requireNonNull(second.state().get(name), name).set(tensor.floats()));
      first.step(Map.of("w", g), 1);
      second.step(Map.of("w", g), 1);
      assertThat(two.floats()).isEqualTo(one.floats());
    }
  }

  @Test
  void settings_impossible_areRefused() {
    assertThatThrownBy(() -> new Sgd.Settings(0, 0.9, false, 0)).hasMessageContaining("learning rate");
    assertThatThrownBy(() -> new Sgd.Settings(0.1, 1, false, 0)).hasMessageContaining("momentum");
    assertThatThrownBy(() -> new Sgd.Settings(0.1, 0, true, 0)).hasMessageContaining("Nesterov");
    try (Tensor weight = Tensor.zeros(1, 1);
        Sgd sgd = new Sgd(Quadratic.only(weight), Sgd.Settings.plain(0.1))) {
      assertThatThrownBy(() -> sgd.step(Map.of(), 1)).hasMessageContaining("w");
    }
  }
}
