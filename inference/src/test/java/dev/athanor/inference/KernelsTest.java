package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.StoredTensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class KernelsTest {
  @RepeatedTest(40)
  void multiply_anyShapeRowsAndThreads_equalsTheFmaChainBitForBit(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    int rows = 1 + random.nextInt(300), cols = 1 + random.nextInt(600), tokens = 1 + random.nextInt(11);
    float[] w = gaussians(random, rows * cols), x = gaussians(random, tokens * cols);
    float[] bias = random.nextBoolean() ? gaussians(random, rows) : new float[0];
    PackedMatrix matrix = PackedMatrix.of(new Affine(StoredTensor.of(w, rows, cols), bias));
    int first = PackedMatrix.TILE * random.nextInt(3);
    Activations in = activations(first + tokens, cols);
    for (int t = 0; t < tokens; t++) {
      in.put(first + t, tokens == 1, 0, x, t * cols, cols);
    }
    float[] y = new float[(first + Activations.roundedUp(tokens)) * matrix.paddedRows()];
    int threads = 1 + random.nextInt(4);
    for (int thread = 0; thread < threads; thread++) {
      matrix.multiply(in, first, tokens, y, matrix.paddedRows(), thread, threads);
    }
    for (int t = 0; t < tokens; t++) {
      for (int r = 0; r < rows; r++) {
        float sum = bias.length == 0 ? 0 : bias[r];
        for (int k = 0; k < cols; k++) {
          sum = Math.fma(w[r * cols + k], x[t * cols + k], sum);
        }
        assertThat(y[(first + t) * matrix.paddedRows() + r]).isEqualTo(sum);
      }
    }
  }

  private static Activations activations(int rows, int width) {
    Activations activations = new Activations(new Buffer(), width);
    activations.buffer().require(width, 0);
    activations.buffer().fit(Activations.roundedUp(rows));
    return activations;
  }

  @Test
  void copy_betweenTilesAndRowsOfTheirOwn_keepsTheNumbers() {
    float[] row = gaussians(new Random(1), 7);
    for (boolean alone : new boolean[] {true, false}) {
      Activations from = activations(8, 7), to = activations(8, 7), back = activations(8, 7);
      from.put(4, alone, 0, row, 0, 7);
      to.copy(4, !alone, from, 4, alone);
      back.copy(4, alone, to, 4, !alone);
      assertThat(to.data()).isNotEqualTo(from.data());
      for (int k = 0; k < 7; k++) {
        int place = 4 * 7 + (alone ? k : k * PackedMatrix.TILE);
        assertThat(back.data()[place]).isEqualTo(row[k]);
      }
    }
  }

  @Test
  void of_alignedParts_beginOnPanels() {
    float[] a = {1, 2, 3}, b = {4, 5}, bias = {6, 7};
    List<Affine> parts =
        List.of(Affine.of(StoredTensor.of(a, 3, 1)), new Affine(StoredTensor.of(b, 2, 1), bias));
    PackedMatrix matrix = PackedMatrix.of(parts, true);
    float[] row = new float[1];
    matrix.row(2, row, 0);
    assertThat(row).containsExactly(3);
    matrix.row(PackedMatrix.PANEL + 1, row, 0);
    assertThat(row).containsExactly(5);
    Activations one = activations(1, 1);
    one.put(0, true, 0, new float[] {10}, 0, 1);
    float[] y = new float[matrix.paddedRows()];
    matrix.multiply(one, 0, 1, y, y.length, 0, 1);
    assertThat(y[0]).isEqualTo(10);
    assertThat(y[PackedMatrix.PANEL]).isEqualTo(46);
    assertThat(y[PackedMatrix.PANEL + 1]).isEqualTo(57);
    assertThat(new Sections(3, 2).spread(new float[] {1, 2, 3, 4, 5})[PackedMatrix.PANEL + 1]).isEqualTo(5);
  }

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
