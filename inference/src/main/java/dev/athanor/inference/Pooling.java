package dev.athanor.inference;

/// How the hidden states of a text become one vector.
public enum Pooling {
  /// Their mean, of all tokens alike. Reimers and Gurevych, https://arxiv.org/abs/1908.10084
  MEAN,
  /// The first token's.
  FIRST,
  /// The last token's.
  LAST;

  /// @param hidden rows of `size` numbers
  float[] pool(float[] hidden, int size) {
    int rows = hidden.length / size;
    float[] pooled = new float[size];
    switch (this) {
      case FIRST -> System.arraycopy(hidden, 0, pooled, 0, size);
      case LAST -> System.arraycopy(hidden, hidden.length - size, pooled, 0, size);
      case MEAN -> {
        for (int i = 0; i < size; i++) {
          double sum = 0;
          for (int row = 0; row < rows; row++) {
            sum += hidden[row * size + i];
          }
          pooled[i] = (float) (sum / rows);
        }
      }
    }
    return pooled;
  }

  /// The same direction at length 1, so that products are cosines; zeros stay zeros.
  public static float[] normalised(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length && squares > 0; i++) {
      unit[i] = (float) (vector[i] / Math.sqrt(squares));
    }
    return unit;
  }
}
