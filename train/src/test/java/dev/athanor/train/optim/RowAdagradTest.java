package dev.athanor.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class RowAdagradTest {
  private static final RowAdagrad.Settings SETTINGS = new RowAdagrad.Settings(0.5);

  private static SequencedMap<String, Tensor> only(Tensor table) {
    return new LinkedHashMap<>(Map.of("t", table));
  }

  /// Looks rows up and takes the step of the gradient of Σ weight · row.
  private static void step(RowAdagrad optimizer, Tensor table, long[] rows, float[] weights) {
    try (Scope _ = new Scope()) {
      Tensor found = table.sparseEmbedding(Tensor.of(rows, rows.length));
      found.mul(Tensor.of(weights, rows.length, 2)).sum().backward();
      optimizer.step(Map.of("t", table.grad().coalesce()), 1);
      table.clearGrad();
    }
  }

  @Test
  void step_rowsSeenTwiceOnceAndNever_followTheFormula() {
    try (Tensor table = Tensor.of(new float[8], 4, 2).requireGrad();
        RowAdagrad optimizer = new RowAdagrad(only(table), SETTINGS)) {
      step(optimizer, table, new long[] {3, 1, 3}, new float[] {1, 2, 4, 0, 2, 2});
      // Row 3 has the sum of its two gradients, (3, 4): a = (9 + 16) / 2. Row 1 has (4, 0): a = 8.
      double root3 = Math.sqrt(12.5);
      double root1 = Math.sqrt(8);
      assertThat(table.floats())
          .containsExactly(
              new float[] {0, 0, (float) (-0.5 * 4 / root1), 0, 0, 0, (float) (-0.5 * 3 / root3), (float) (-0.5 * 4 / root3)},
              within(1e-6f));
      step(optimizer, table, new long[] {1}, new float[] {0, 2});
      assertThat(table.floats()[3]).isCloseTo((float) (-0.5 * 2 / Math.sqrt(8 + 2)), within(1e-6f));
      assertThat(table.floats()[6]).isCloseTo((float) (-0.5 * 3 / root3), within(1e-6f));
    }
  }

  @Test
  void state_restoredIntoAnother_goesOnWithTheSameBits() {
    try (Tensor one = Tensor.of(new float[8], 4, 2).requireGrad();
        Tensor two = Tensor.of(new float[8], 4, 2).requireGrad();
        RowAdagrad first = new RowAdagrad(only(one), SETTINGS);
        RowAdagrad second = new RowAdagrad(only(two), SETTINGS)) {
      step(first, one, new long[] {0, 2}, new float[] {1, -1, 0.3f, 0.7f});
      two.set(one.floats());
      first.state()
          .forEach((name, tensor) -> Objects.requireNonNull(second.state().get(name), name).set(tensor.floats()));
      step(first, one, new long[] {2, 3}, new float[] {1, 1, 1, 1});
      step(second, two, new long[] {2, 3}, new float[] {1, 1, 1, 1});
      assertThat(two.floats()).isEqualTo(one.floats());
    }
  }

  @Test
  void settings_noRate_areRefused() {
    assertThatThrownBy(() -> new RowAdagrad.Settings(0)).hasMessageContaining("learning rate");
  }
}
