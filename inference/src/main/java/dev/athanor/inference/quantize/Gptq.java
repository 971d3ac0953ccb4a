package dev.athanor.inference.quantize;

import dev.athanor.model.QuantizedMatrix;
import java.util.stream.IntStream;

/// Rounds a matrix column by column, those with the largest inputs first, and adds what a column's rounding does to the outputs to the
/// columns that are still to be rounded. Frantar et al., https://arxiv.org/abs/2210.17323, section 3; the groups stay those of the
/// columns' own order, and their scales are found beforehand.
///
/// Then the codes are looked at once more, one by one, with all others as they are: one that another would do better than is replaced
/// (coordinate descent on the same error; Nair and Suggala, https://arxiv.org/abs/2406.17542), and a group's scale is moved to where its
/// codes do best. Either step only ever lessens the error.
final class Gptq {
  /// Of the mean square of the inputs, added to each column's.
  static final double DAMPING = 0.01;

  private static final int SWEEPS = 4;

  private Gptq() {}

  /// @param weights row by row, [rows, cols]
  /// @param inputs of the columns
  static QuantizedMatrix rounded(QuantizedMatrix.Bits bits, int rows, int cols, float[] weights, InputGram inputs) {
    InputGram gram = inputs.damped(DAMPING);
    double[] importance = gram.diagonal();
    int[] order =
        IntStream.range(0, cols)
            .boxed()
            .sorted((a, b) -> Double.compare(importance[b], importance[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] root = gram.ordered(order).inverseRoot();
    short[] scales = GroupScale.scales(bits, rows, cols, weights, gram);
    byte[] codes = new byte[weights.length];
    QuantizedMatrix matrix = new QuantizedMatrix(bits, rows, cols, codes, scales);
    Rows.each(
        rows,
        row -> {
          round(matrix, row, weights, order, root);
          new Row(matrix, row, weights, gram).polish();
        });
    return matrix;
  }

  private static void round(QuantizedMatrix matrix, int row, float[] weights, int[] order, double[] root) {
    int cols = matrix.cols();
    double[] left = new double[cols];
    for (int k = 0; k < cols; k++) {
      left[k] = weights[row * cols + order[k]];
    }
    for (int k = 0; k < cols; k++) {
      double scale = matrix.scale(row, order[k] / QuantizedMatrix.GROUP);
      int code = GroupScale.code(matrix.bits(), left[k], scale);
      matrix.codes()[row * cols + order[k]] = (byte) code;
      double error = (left[k] - code * scale) / root[k * cols + k];
      for (int j = k + 1; j < cols; j++) {
        left[j] -= error * root[k * cols + j];
      }
    }
  }

  /// A row under repair: what its errors do, `H e`, is kept up to date.
  private static final class Row {
    private final QuantizedMatrix matrix;
    private final int row;
    private final int cols;
    private final InputGram gram;
    private final double[] effect;

    Row(QuantizedMatrix matrix, int row, float[] weights, InputGram gram) {
      this.matrix = matrix;
      this.row = row;
      this.gram = gram;
      cols = matrix.cols();
      effect = new double[cols];
      for (int j = 0; j < cols; j++) {
        double off = weights[row * cols + j] - (double) code(j) * scale(j);
        add(j, off);
      }
    }

    private int code(int j) {
      return matrix.codes()[row * cols + j];
    }

    private float scale(int j) {
      return matrix.scale(row, j / QuantizedMatrix.GROUP);
    }

    /// Of an error at one column.
    private void add(int j, double off) {
      if (off != 0) {
        for (int i = 0; i < cols; i++) {
          effect[i] += off * gram.values()[j * cols + i];
        }
      }
    }

    void polish() {
      for (int sweep = 0; sweep < SWEEPS; sweep++) {
        boolean changed = false;
        for (int j = 0; j < cols; j++) {
          changed |= recode(j);
        }
        for (int g = 0; g < matrix.groups(); g++) {
          rescale(g);
        }
        if (!changed) {
          return;
        }
      }
    }

    private boolean recode(int j) {
      double scale = scale(j);
      double wanted = code(j) * scale + effect[j] / gram.values()[j * cols + j];
      int better = GroupScale.code(matrix.bits(), wanted, scale);
      if (better == code(j)) {
        return false;
      }
      add(j, (code(j) - better) * scale);
      matrix.codes()[row * cols + j] = (byte) better;
      return true;
    }

    /// The least error of a group's codes is where its slope along them is 0.
    private void rescale(int group) {
      int from = group * QuantizedMatrix.GROUP;
      int to = Math.min(cols, from + QuantizedMatrix.GROUP);
      double slope = 0;
      double curvature = 0;
      for (int i = from; i < to; i++) {
        slope += code(i) * effect[i];
        for (int j = from; j < to; j++) {
          curvature += code(i) * gram.values()[i * cols + j] * code(j);
        }
      }
      if (curvature <= 0) {
        return;
      }
      int place = row * matrix.groups() + group;
      float now = matrix.scale(row, group);
      short half = Float.floatToFloat16((float) (now + slope / curvature));
      double step = (double) Float.float16ToFloat(half) - now;
      // Of F16's steps the nearest may overshoot.
      if (step != 0 && Float.isFinite(Float.float16ToFloat(half)) && step * step * curvature < 2 * step * slope) {
        matrix.scales()[place] = half;
        for (int j = from; j < to; j++) {
          add(j, -step * code(j));
        }
      }
    }
  }
}
