package dev.athanor.inference.quantize;

import java.util.Arrays;

/// Rows that a matrix read while texts went through the model, [count, cols].
final class Inputs {
  private final int cols;
  private float[] rows = new float[0];
  private int count;

  Inputs(int cols) {
    this.cols = cols;
  }

  static Inputs of(int cols, float[] rows) {
    Inputs inputs = new Inputs(cols);
    inputs.rows = rows.clone();
    inputs.count = rows.length / cols;
    return inputs;
  }

  void add(float[] row) {
    if ((count + 1) * cols > rows.length) {
      rows = Arrays.copyOf(rows, Math.max(Math.multiplyExact(16, cols), Math.toIntExact(Math.min(Integer.MAX_VALUE - 8L, 2L * rows.length))));
    }
    System.arraycopy(row, 0, rows, count * cols, cols);
    count++;
  }

  int cols() {
    return cols;
  }

  int count() {
    return count;
  }

  /// All of them, row by row.
  float[] rows() {
    return Arrays.copyOf(rows, count * cols);
  }

  /// At most so many of them, evenly spread.
  Inputs some(int most) {
    if (count <= most) {
      return this;
    }
    float[] chosen = new float[most * cols];
    for (int i = 0; i < most; i++) {
      System.arraycopy(rows, (int) ((long) i * count / most) * cols, chosen, i * cols, cols);
    }
    return of(cols, chosen);
  }

  /// The mean of a column's magnitudes, for each.
  float[] magnitudes() {
    double[] sums = new double[cols];
    for (int row = 0; row < count; row++) {
      for (int col = 0; col < cols; col++) {
        sums[col] += Math.abs(rows[row * cols + col]);
      }
    }
    float[] means = new float[cols];
    for (int col = 0; col < cols; col++) {
      means[col] = (float) (sums[col] / Math.max(1, count));
    }
    return means;
  }

  /// Columns and rows exchanged, [cols, count].
  float[] transposed() {
    float[] result = new float[count * cols];
    for (int row = 0; row < count; row++) {
      for (int col = 0; col < cols; col++) {
        result[col * count + row] = rows[row * cols + col];
      }
    }
    return result;
  }
}
