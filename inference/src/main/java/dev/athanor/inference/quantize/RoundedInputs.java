package dev.athanor.inference.quantize;

import dev.athanor.model.QuantizedMatrix;

/// What a matrix of 4 bits makes of its inputs before it reads them: 8 bits, with a scale for each group of columns.
final class RoundedInputs {
  private static final int MOST = 127;

  private RoundedInputs() {}

  /// The rounded rows as numbers again.
  static float[] of(float[] rows, int cols) {
    float[] rounded = new float[rows.length];
    for (int row = 0; row < rows.length; row += cols) {
      for (int from = 0; from < cols; from += QuantizedMatrix.GROUP) {
        group(rows, row + from, Math.min(QuantizedMatrix.GROUP, cols - from), rounded);
      }
    }
    return rounded;
  }

  private static void group(float[] rows, int at, int count, float[] to) {
    float most = 0;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, Math.abs(rows[at + i]));
    }
    float scale = most / MOST;
    float inverse = most == 0 ? 0 : MOST / most;
    for (int i = 0; i < count; i++) {
      to[at + i] = (float) Math.rint(rows[at + i] * inverse) * scale;
    }
  }
}
