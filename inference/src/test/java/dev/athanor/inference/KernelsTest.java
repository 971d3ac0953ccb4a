package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class KernelsTest {
  @RepeatedTest(20)
  void norms_anyLength_agreeWithPlain(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    int n = 1 + random.nextInt(200);
    float[] a = gaussians(random, n + 3), weight = gaussians(random, n), to = new float[n];
    Kernels.rmsNorm(a, 3, weight, n, 1e-5, to, 0);
    double squares = 0, sum = 0;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      squares += (double) a[3 + i] * a[3 + i];
      sum += Math.exp(a[3 + i]);
      max = Math.max(max, a[3 + i]);
    }
    for (int i = 0; i < n; i++) {
      assertThat((double) to[i]).isCloseTo(a[3 + i] / Math.sqrt(squares / n + 1e-5) * weight[i], within(1e-5));
    }
    double mean = 0, variance = 0;
    for (int i = 0; i < n; i++) {
      mean += a[3 + i] / (double) n;
    }
    for (int i = 0; i < n; i++) {
      variance += (a[3 + i] - mean) * (a[3 + i] - mean) / n;
    }
    float[] bias = gaussians(random, n);
    Kernels.layerNorm(a, 3, weight, bias, n, 1e-5, to, 0);
    for (int i = 0; i < n; i++) {
      double expected = (a[3 + i] - mean) / Math.sqrt(variance + 1e-5) * weight[i] + bias[i];
      assertThat((double) to[i]).isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
    }
    assertThat(Kernels.max(a, 3, n)).isEqualTo(max);
    assertThat(Kernels.logSumExp(a, 3, n)).isCloseTo(Math.log(sum), within(1e-5));
  }

  @RepeatedTest(20)
  void elementByElement_anyLength_agreesWithPlain(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    int n = 1 + random.nextInt(200);
    float[] a = gaussians(random, n + 5), b = gaussians(random, n), c = gaussians(random, n);
    float[] sum = a.clone(), product = a.clone(), scaled = a.clone(), addedScaled = a.clone(), addedProduct = a.clone();
    Kernels.add(sum, 5, b, 0, n);
    Kernels.times(product, 5, b, 0, n);
    Kernels.scale(scaled, 5, 3, n);
    Kernels.addScaled(addedScaled, 5, 0.3f, b, 0, n);
    Kernels.addProduct(addedProduct, 5, b, 0, c, 0, n);
    for (int i = 0; i < n; i++) {
      float x = a[5 + i];
      assertThat(sum[5 + i]).isEqualTo(x + b[i]);
      assertThat(product[5 + i]).isEqualTo(x * b[i]);
      assertThat(scaled[5 + i]).isEqualTo(x * 3);
      assertThat(addedScaled[5 + i]).isEqualTo(Math.fma(0.3f, b[i], x));
      assertThat(addedProduct[5 + i]).isEqualTo(Math.fma(b[i], c[i], x));
    }
  }

  static float[] gaussians(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
