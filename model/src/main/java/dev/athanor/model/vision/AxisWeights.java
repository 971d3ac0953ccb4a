package dev.athanor.model.vision;

/// What each pixel of a resized row (or column) is made of: output `i` is the sum of `weights[i][j] · input[first[i] + j]`.
///
/// A pixel's weights are the filter's values around its centre in the input, made to sum to 1. Where the axis gets shorter
/// the filter is stretched by the ratio, so that every input pixel counts (antialiasing). Weights are whole numbers of
/// 2⁻²², as those of Pillow, so that sums are exact and the result is the same on every machine.
///
/// @param first for each output, the first input that counts
/// @param weights for each output, in units of 2⁻²²
record AxisWeights(int[] first, int[][] weights) {
  /// Leaves a sign bit and one bit of overshoot above the 8 bits of a pixel.
  static final int FRACTION_BITS = 22;

  static AxisWeights of(Resample filter, int from, int to) {
    double scale = (double) from / to;
    double stretch = Math.max(scale, 1);
    double perPixel = 1 / stretch;
    double support = filter.support() * stretch;
    int[] first = new int[to];
    int[][] weights = new int[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int begin = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(from, (int) (centre + support + 0.5));
      double[] exact = new double[end - begin];
      double sum = 0;
      for (int j = 0; j < exact.length; j++) {
        exact[j] = filter.weight((j + begin - centre + 0.5) * perPixel);
        sum += exact[j];
      }
      first[i] = begin;
      weights[i] = fixedPoint(exact, sum);
    }
    return new AxisWeights(first, weights);
  }

  /// Each weight divided by their sum, rounded to the nearest unit, halves away from zero.
  private static int[] fixedPoint(double[] exact, double sum) {
    int[] fixed = new int[exact.length];
    for (int j = 0; j < fixed.length; j++) {
      double units = exact[j] / sum * (1 << FRACTION_BITS);
      fixed[j] = (int) (units < 0 ? units - 0.5 : units + 0.5);
    }
    return fixed;
  }
}
