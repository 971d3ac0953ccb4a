package dev.athanor.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MuonTest {
  private static float[] gaussians(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /// Wide, tall and square in stacks of three; a random square one has tiny singular values that five steps cannot lift, so its
  /// diagonal is strengthened.
  @ParameterizedTest
  @CsvSource({"12,40", "40,12", "16,16"})
  void orthogonalise_randomMatrices_bringsSingularValuesNearOne(int rows, int columns) {
    float[] values = gaussians(rows, 3 * rows * columns);
    for (int i = 0; rows == columns && i < 3 * rows; i++) {
      values[i / rows * rows * rows + i % rows * (rows + 1)] += 8;
    }
    try (Scope _ = new Scope()) {
      Tensor orthogonal = Muon.orthogonalise(Tensor.of(values, 3, rows, columns));
      assertThat(orthogonal.shape()).containsExactly(3, rows, columns);
      for (int b = 0; b < 3; b++) {
        Tensor x = orthogonal.select(0, b);
        Tensor gram = rows <= columns ? x.mm(x.t()) : x.t().mm(x);
        for (double square : eigenvalues(gram.floats(), Math.min(rows, columns))) {
          assertThat(Math.sqrt(square)).isBetween(0.6, 1.3);
        }
      }
    }
  }

  /// What comes out has the singular vectors of what went in: U·f(S)·Vᵀ, so that Xᵀ·Y is symmetric and positive.
  @Test
  void orthogonalise_matrix_keepsItsDirections() {
    try (Scope _ = new Scope()) {
      Tensor x = Tensor.of(gaussians(5, 10 * 30), 1, 10, 30);
      Tensor y = Muon.orthogonalise(x).select(0, 0);
      Tensor mixed = x.select(0, 0).mm(y.t());
      float[] m = mixed.floats();
      assertThat(mixed.t().floats()).containsExactly(m, within(1e-3f));
      for (double value : eigenvalues(m, 10)) {
        assertThat(value).isPositive();
      }
    }
  }

  /// m ← μm + g, u = g + μm, w ← w(1 − ηλ) − η√max(1, rows/columns)·orthogonal(u), over two steps.
  @Test
  void step_twice_isTheRuleByHand() {
    int rows = 8;
    int columns = 4;
    float[] start = gaussians(1, rows * columns);
    Tensor weight = Tensor.of(start, rows, columns).requireGrad();
    SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
    weights.put("w", weight);
    try (weight;
        Muon muon = new Muon(weights, new Muon.Settings(0.02, 0.9, 0.1));
        Scope _ = new Scope()) {
      Tensor expected = Tensor.of(start, rows, columns);
      Tensor momentum = Tensor.zeros(rows, columns);
      for (int step = 1; step <= 2; step++) {
        Tensor gradient = Tensor.of(gaussians(10 + step, rows * columns), rows, columns);
        muon.step(Map.of("w", gradient, "other", gradient), 0.5);
        momentum = momentum.mul(0.9).add(gradient);
        Tensor update = Muon.orthogonalise(gradient.add(momentum.mul(0.9)).unsqueeze(0)).select(0, 0);
        expected = expected.mul(1 - 0.01 * 0.1).sub(update.mul(0.01 * Math.sqrt(2)));
      }
      assertThat(weight.floats()).containsExactly(expected.floats(), within(1e-6f));
      assertThat(muon.state().sequencedValues().getFirst().floats()).containsExactly(momentum.floats(), within(1e-6f));
    }
  }

  /// Jacobi's rotations on a symmetric matrix.
  private static double[] eigenvalues(float[] matrix, int n) {
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = (matrix[i * n + j] + matrix[j * n + i]) / 2.0;
      }
    }
    for (int sweep = 0; sweep < 30; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          double angle = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
          double c = Math.cos(angle);
          double s = Math.sin(angle);
          for (int k = 0; k < n; k++) {
            double kp = a[k][p];
            double kq = a[k][q];
            a[k][p] = c * kp - s * kq;
            a[k][q] = s * kp + c * kq;
          }
          for (int k = 0; k < n; k++) {
            double pk = a[p][k];
            double qk = a[q][k];
            a[p][k] = c * pk - s * qk;
            a[q][k] = s * pk + c * qk;
          }
        }
      }
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = a[i][i];
    }
    return values;
  }
}
