package dev.athanor.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FusedTest {
  private static float[] gaussians(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /// With u = x/r, r = √(mean(x²) + ε) and upstream gradient g: dw = Σ g·u and dx = (g·w − u·mean(g·w·u)) / r.
  @Test
  void rmsNorm_randomRows_agreesWithPlainArithmeticAndItsGradient() {
    int rows = 5;
    int width = 37;
    double epsilon = 0.01;
    float[] x = gaussians(1, rows * width);
    float[] w = gaussians(2, width);
    float[] g = gaussians(3, rows * width);
    double[] expectedW = new double[width];
    try (Scope _ = new Scope()) {
      Tensor input = Tensor.of(x, rows, width).requireGrad();
      Tensor weight = Tensor.of(w, width).requireGrad();
      Tensor output = Fused.rmsNorm(input, weight, epsilon);
      output.backward(Tensor.of(g, rows, width));
      float[] y = output.floats();
      float[] dx = input.grad().floats();
      for (int row = 0; row < rows; row++) {
        int at = row * width;
        double squares = 0;
        for (int i = 0; i < width; i++) {
          squares += (double) x[at + i] * x[at + i];
        }
        double r = Math.sqrt(squares / width + epsilon);
        double mean = 0;
        for (int i = 0; i < width; i++) {
          mean += g[at + i] * w[i] * x[at + i] / r / width;
          expectedW[i] += g[at + i] * x[at + i] / r;
        }
        for (int i = 0; i < width; i++) {
          double u = x[at + i] / r;
          assertThat((double) y[at + i]).isCloseTo(u * w[i], within(1e-5));
          assertThat((double) dx[at + i]).isCloseTo((g[at + i] * w[i] - u * mean) / r, within(1e-5));
        }
      }
      float[] dw = weight.grad().floats();
      for (int i = 0; i < width; i++) {
        assertThat((double) dw[i]).isCloseTo(expectedW[i], within(1e-5));
      }
    }
  }

  @Test
  void adamW_threeSteps_agreeWithTheStepByHand() {
    assertThreeSteps(true);
  }

  @Test
  void adam_threeSteps_agreeWithTheStepByHand() {
    assertThreeSteps(false);
  }

  /// Algorithm 2 of AdamW's paper, in doubles, on two parameters of different shapes.
  private static void assertThreeSteps(boolean decoupled) {
    double rate = 0.01;
    double beta1 = 0.9;
    double beta2 = 0.95;
    double decay = 0.1;
    double epsilon = 1e-8;
    float[] start = {1, -2, 0.5f, 3, 0.25f};
    double[] w = {1, -2, 0.5, 3, 0.25};
    double[] m = new double[5];
    double[] v = new double[5];
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      List<Tensor> weights =
          List.of(Tensor.of(new float[] {start[0], start[1], start[2], start[3]}, 2, 2), Tensor.of(new float[] {start[4]}, 1));
      List<Tensor> first = List.of(Tensor.zeros(2, 2), Tensor.zeros(1));
      List<Tensor> second = List.of(Tensor.zeros(2, 2), Tensor.zeros(1));
      List<Tensor> steps = List.of(Tensor.zeros(1).view(), Tensor.zeros(1).view());
      for (int step = 1; step <= 3; step++) {
        float[] g = gaussians(step, 5);
        steps.forEach(Tensor::increment_);
        List<Tensor> gradients =
            List.of(Tensor.of(new float[] {g[0], g[1], g[2], g[3]}, 2, 2), Tensor.of(new float[] {g[4]}, 1));
        if (decoupled) {
          Fused.adamW(weights, gradients, first, second, steps, rate, beta1, beta2, decay, epsilon);
        } else {
          Fused.adam(weights, gradients, first, second, steps, rate, beta1, beta2, decay, epsilon);
        }
        assertThat(gradients.getLast().item()).isEqualTo(g[4]);
        for (int i = 0; i < 5; i++) {
          double pull = decoupled ? g[i] : g[i] + decay * w[i];
          m[i] = beta1 * m[i] + (1 - beta1) * pull;
          v[i] = beta2 * v[i] + (1 - beta2) * pull * pull;
          double corrected = m[i] / (1 - Math.pow(beta1, step));
          double scale = Math.sqrt(v[i] / (1 - Math.pow(beta2, step))) + epsilon;
          w[i] = w[i] - (decoupled ? rate * decay * w[i] : 0) - rate * corrected / scale;
        }
      }
      float[] matrix = weights.get(0).floats();
      for (int i = 0; i < 4; i++) {
        assertThat((double) matrix[i]).isCloseTo(w[i], within(1e-6));
      }
      assertThat(weights.get(1).item()).isCloseTo(w[4], within(1e-6));
      assertThat(steps.get(0).item()).isEqualTo(3);
    }
  }
}
