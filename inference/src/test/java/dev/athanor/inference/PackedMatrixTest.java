package dev.athanor.inference;

import static dev.athanor.inference.KernelsTest.gaussians;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.UserException;
import dev.athanor.model.BlockRounding;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackedMatrixTest {
  /// A random map, some rows, and what one format makes of them, with any number of threads.
  private static final class Case {
    final int rows;
    final int cols;
    final int tokens;
    final int first;
    final float[] w;
    final float[] x;
    final float[] bias;
    final PackedMatrix matrix;
    final float[] y;

    Case(Random random, WeightFormat format) {
      rows = 1 + random.nextInt(200);
      cols = 1 + random.nextInt(600);
      tokens = 1 + random.nextInt(11);
      first = Lanes.TILE * random.nextInt(3);
      w = gaussians(random, rows * cols);
      x = gaussians(random, tokens * cols);
      bias = random.nextBoolean() ? gaussians(random, rows) : new float[0];
      matrix = PackedMatrix.of(format, new Affine("", StoredTensor.of(w, rows, cols), bias));
      y = multiply(matrix, 1 + random.nextInt(4));
    }

    float[] multiply(PackedMatrix by, int threads) {
      Activations in = activations(by, first + tokens, cols);
      for (int t = 0; t < tokens; t++) {
        in.putRow(first + t, tokens == 1, x, t * cols);
      }
      return outputs(by, in, first, tokens, threads);
    }

    /// The weights as the format holds them.
    float[] held() {
      float[] held = new float[rows * cols];
      for (int r = 0; r < rows; r++) {
        matrix.row(r, held, r * cols);
      }
      return held;
    }

    float y(int token, int row) {
      return y[(first + token) * matrix.paddedRows() + row];
    }

    float bias(int row) {
      return bias.length == 0 ? 0 : bias[row];
    }
  }

  private static Activations activations(PackedMatrix by, int rows, int width) {
    Activations activations = Activations.own(width).readBy(by);
    activations.fit(Activations.roundedUp(rows));
    return activations;
  }

  private static float[] outputs(PackedMatrix by, Activations in, int first, int count, int threads) {
    float[] y = new float[(first + Activations.roundedUp(count)) * by.paddedRows()];
    try (ThreadTeam team = new ThreadTeam(threads)) {
      for (int thread = 0; thread < threads; thread++) {
        Share share = new Share(new Batch(List.of()), team, thread, threads, team.room(thread));
        by.multiply(share, in, first, count, y, by.paddedRows());
      }
    }
    return y;
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "INT8"})
  void multiply_formatThatWidens_equalsTheFmaChainOfItsWeightsBitForBit(WeightFormat format) {
    for (int seed = 0; seed < 40; seed++) {
      Case c = new Case(new Random(seed), format);
      float[] held = c.held();
      for (int t = 0; t < c.tokens; t++) {
        for (int r = 0; r < c.rows; r++) {
          float sum = c.bias(r);
          for (int k = 0; k < c.cols; k++) {
            sum = Math.fma(held[r * c.cols + k], c.x[t * c.cols + k], sum);
          }
          assertThat(c.y(t, r)).isEqualTo(sum);
        }
      }
    }
  }

  @RepeatedTest(40)
  void multiply_int4_equalsTheChainOfWholeSumsBitForBit(RepetitionInfo info) {
    Case c = new Case(new Random(info.getCurrentRepetition()), WeightFormat.INT4);
    byte[] codes = new byte[32];
    for (int t = 0; t < c.tokens; t++) {
      for (int r = 0; r < c.rows; r++) {
        float y = c.bias(r);
        for (int from = 0; from < c.cols; from += 32) {
          int count = Math.min(32, c.cols - from);
          short half = BlockRounding.int4(c.w, r * c.cols + from, count, codes, 0);
          int[] rounded = new int[count];
          float scale = round(c.x, t * c.cols + from, rounded);
          int sum = 0;
          for (int k = 0; k < count; k++) {
            sum += codes[k] * rounded[k];
          }
          y = Math.fma(sum, Float.float16ToFloat(half) * scale, y);
        }
        assertThat(c.y(t, r)).isEqualTo(y);
      }
    }
  }

  private static float round(float[] x, int at, int[] to) {
    float max = 0;
    for (int k = 0; k < to.length; k++) {
      max = Math.max(max, Math.abs(x[at + k]));
    }
    for (int k = 0; k < to.length; k++) {
      to[k] = (int) Math.rint(max == 0 ? 0 : x[at + k] * (127 / max));
    }
    return max / 127;
  }

  /// The extreme of every sum: 16 products of −8 and ±127 in each lane, with both signs.
  @Test
  void multiply_int4AtItsLimits_doesNotOverflow() {
    int cols = 64;
    float[] w = new float[cols];
    float[] x = new float[cols];
    for (int k = 0; k < cols; k++) {
      w[k] = -8;
      x[k] = k < 32 ? 127 : -127;
    }
    PackedMatrix matrix = PackedMatrix.of(WeightFormat.INT4, Affine.of(StoredTensor.of(w, 1, cols)));
    for (int count : new int[] {1, 2}) {
      Activations in = activations(matrix, count, cols);
      for (int row = 0; row < count; row++) {
        in.putRow(row, count == 1, x, 0);
      }
      assertThat(outputs(matrix, in, 0, count, 1)[0]).isZero();
      x[40] = 127;
      Activations other = activations(matrix, count, cols);
      for (int row = 0; row < count; row++) {
        other.putRow(row, count == 1, x, 0);
      }
      assertThat(outputs(matrix, other, 0, count, 1)[0]).isEqualTo(-8 * 254);
      x[40] = -127;
    }
  }

  @ParameterizedTest
  @EnumSource
  void row_anyFormat_isWithinItsStepOfTheWeight(WeightFormat format) {
    Case c = new Case(new Random(7), format);
    float[] held = c.held();
    for (int i = 0; i < held.length; i++) {
      int group = i / c.cols * c.cols + i % c.cols / 32 * 32;
      float most = 0;
      for (int k = group; k < Math.min(group + 32, (i / c.cols + 1) * c.cols); k++) {
        most = Math.max(most, Math.abs(c.w[k]));
      }
      double step =
          switch (format) {
            case F32 -> 0;
            case F16 -> 0x1p-11 * Math.abs(c.w[i]) + 0x1p-25;
            case BF16 -> 0x1p-8 * Math.abs(c.w[i]);
            case INT8 -> most / 127 * 0.5 + most * 0x1p-11;
            // Codes end at 7 where the largest is −8.
            case INT4 -> most / 8 + most * 0x1p-10;
          };
      assertThat(Math.abs((double) held[i] - c.w[i])).isLessThanOrEqualTo(step);
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_alignedParts_beginWhereABufferWouldEnd(WeightFormat format) {
    float[] a = {1, 2, 3}, b = {4, 5}, bias = {6, 7};
    List<Affine> parts = List.of(Affine.of(StoredTensor.of(a, 3, 1)), new Affine("", StoredTensor.of(b, 2, 1), bias));
    PackedMatrix matrix = PackedMatrix.of(format, parts, true);
    float[] row = new float[1];
    matrix.row(2, row, 0);
    assertThat((double) row[0]).isCloseTo(3, within(1e-2));
    Activations one = activations(matrix, 1, 1);
    one.putRow(0, true, new float[] {10}, 0);
    float[] y = outputs(matrix, one, 0, 1, 2);
    assertThat((double) y[0]).isCloseTo(10, within(1e-1));
    assertThat((double) y[Lanes.STRIP]).isCloseTo(46, within(1e-1));
    assertThat((double) y[Lanes.STRIP + 1]).isCloseTo(57, within(1e-1));
    assertThat(new Sections(3, 2).spread(new float[] {1, 2, 3, 4, 5})[Lanes.STRIP + 1]).isEqualTo(5);
  }

  /// Scales of either sign, codes that no rounding would find: what is held, and what products make of it.
  @RepeatedTest(10)
  void put_codesAndScales_areKeptAsTheyAre(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    for (QuantizedMatrix.Bits bits : QuantizedMatrix.Bits.values()) {
      int rows = 1 + random.nextInt(80);
      int cols = 1 + random.nextInt(200);
      byte[] codes = new byte[rows * cols];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = (byte) random.nextInt(bits.least(), bits.most() + 1);
      }
      short[] scales = new short[rows * ((cols + 31) / 32)];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = Float.floatToFloat16((float) random.nextGaussian());
      }
      QuantizedMatrix stored = new QuantizedMatrix(bits, rows, cols, codes, scales);
      for (WeightFormat format : List.of(WeightFormat.of(bits), WeightFormat.INT8, WeightFormat.F32)) {
        PackedMatrix matrix = PackedMatrix.of(format, Affine.of(stored));
        float[] held = new float[rows * cols];
        for (int r = 0; r < rows; r++) {
          matrix.row(r, held, r * cols);
        }
        assertThat(held).isEqualTo(stored.floats());
      }
      float[] x = gaussians(random, cols);
      PackedMatrix widened = PackedMatrix.of(stored.widened());
      PackedMatrix matrix = PackedMatrix.of(WeightFormat.INT8, Affine.of(stored));
      assertThat(product(matrix, x)).isEqualTo(product(widened, x));
    }
  }

  private static float[] product(PackedMatrix matrix, float[] x) {
    Activations in = activations(matrix, 1, x.length);
    in.putRow(0, true, x, 0);
    return outputs(matrix, in, 0, 1, 1);
  }

  @Test
  void put_weightThatF16CannotHold_isRefused() {
    Affine large = Affine.of(StoredTensor.of(new float[] {1e6f}, 1, 1));
    assertThatThrownBy(() -> PackedMatrix.of(WeightFormat.F16, large))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("f32 or bf16");
    assertThatThrownBy(() -> PackedMatrix.of(WeightFormat.INT8, Affine.of(StoredTensor.of(new float[] {Float.NaN}, 1, 1))))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void copy_betweenTilesAndRowsOfTheirOwn_keepsTheNumbers() {
    PackedMatrix reader = PackedMatrix.of(WeightFormat.INT4, Affine.of(StoredTensor.of(new float[7], 1, 7)));
    float[] row = gaussians(new Random(1), 7);
    for (boolean alone : new boolean[] {true, false}) {
      Activations from = activations(reader, 8, 7), to = activations(reader, 8, 7), back = activations(reader, 8, 7);
      from.putRow(4, alone, row, 0);
      to.copy(4, !alone, from, 4, alone);
      back.copy(4, alone, to, 4, !alone);
      assertThat(to.data()).isNotEqualTo(from.data());
      assertThat(back.rounded().codes()).isEqualTo(from.rounded().codes());
      for (int k = 0; k < 7; k++) {
        int place = 4 * 7 + (alone ? k : k * Lanes.TILE);
        assertThat(back.data()[place]).isEqualTo(row[k]);
      }
    }
  }
}
