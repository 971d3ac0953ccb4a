package dev.athanor.inference.quantize;

import dev.athanor.model.BlockRounding;
import dev.athanor.model.QuantizedMatrix;

/// The scale of a group of columns: the largest weight need not fit, where the others gain more than it loses (the clipping of AWQ). A
/// grid of scales around the one that just fits, of either sign because there is one code more below 0 than above, is held against the
/// squared error of what the group adds to the outputs. Its columns' inputs go together: to take them one by one favours scales that
/// make all weights a little smaller, and the errors add up.
final class GroupScale {
  private static final int STEPS = 15;
  private static final double LEAST = 0.7;
  private static final double MOST = 1.05;

  private GroupScale() {}

  /// A scale for `count` weights, from the column `from` of the inputs on.
  ///
  /// @return as F16
  static short best(QuantizedMatrix.Bits bits, float[] weights, int at, int count, InputGram inputs, int from) {
    byte[] codes = new byte[count];
    return switch (bits) {
      case INT8 -> BlockRounding.int8(weights, at, count, codes, 0);
      case INT4 -> {
        short fits = BlockRounding.int4(weights, at, count, codes, 0);
        float scale = Float.float16ToFloat(fits);
        short best = fits;
        double least = error(bits, weights, at, count, inputs, from, scale);
        for (int step = 0; step < STEPS; step++) {
          double ratio = LEAST + (MOST - LEAST) * step / (STEPS - 1);
          for (int sign = -1; sign <= 1; sign += 2) {
            short half = Float.floatToFloat16((float) (sign * scale * ratio));
            double error = error(bits, weights, at, count, inputs, from, Float.float16ToFloat(half));
            if (error < least) {
              least = error;
              best = half;
            }
          }
        }
        yield best;
      }
    };
  }

  private static double error(
      QuantizedMatrix.Bits bits, float[] weights, int at, int count, InputGram inputs, int from, float scale) {
    double[] off = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      off[i] = weights[at + i] - (double) code(bits, weights[at + i], scale) * scale;
      int row = (from + i) * inputs.size() + from;
      double others = 0;
      for (int j = 0; j < i; j++) {
        others += inputs.values()[row + j] * off[j];
      }
      sum += off[i] * (2 * others + inputs.values()[row + i] * off[i]);
    }
    return sum;
  }

  /// The nearest code.
  static int code(QuantizedMatrix.Bits bits, double weight, double scale) {
    return scale == 0 ? 0 : (int) Math.clamp(Math.rint(weight / scale), bits.least(), bits.most());
  }

  /// The nearest codes of a matrix under the best scales.
  static QuantizedMatrix rounded(QuantizedMatrix.Bits bits, int rows, int cols, float[] weights, InputGram inputs) {
    int groups = (cols + QuantizedMatrix.GROUP - 1) / QuantizedMatrix.GROUP;
    short[] scales = scales(bits, rows, cols, weights, inputs);
    byte[] codes = new byte[weights.length];
    for (int i = 0; i < codes.length; i++) {
      float scale = Float.float16ToFloat(scales[i / cols * groups + i % cols / QuantizedMatrix.GROUP]);
      codes[i] = (byte) code(bits, weights[i], scale);
    }
    return new QuantizedMatrix(bits, rows, cols, codes, scales);
  }

  /// The best scales of a matrix, group by group.
  static short[] scales(QuantizedMatrix.Bits bits, int rows, int cols, float[] weights, InputGram inputs) {
    int groups = (cols + QuantizedMatrix.GROUP - 1) / QuantizedMatrix.GROUP;
    short[] scales = new short[rows * groups];
    Rows.each(
        rows,
        row -> {
          for (int g = 0; g < groups; g++) {
            int from = g * QuantizedMatrix.GROUP;
            int count = Math.min(QuantizedMatrix.GROUP, cols - from);
            scales[row * groups + g] = best(bits, weights, row * cols + from, count, inputs, from);
          }
        });
    return scales;
  }
}
