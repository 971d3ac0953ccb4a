package dev.athanor.inference;

import static dev.athanor.inference.Lanes.TILE;
import static dev.athanor.inference.WeightFormat.GROUP;

/// Activations rounded to 8 bits, with a scale for every GROUP numbers of a row: `d = max|x| / 127`, `q = round(x / d)`, halves to even.
///
/// A group of a row is PAIRS ints with two codes each, the first in the low half, and one with −8 times their sums: what a sum of
/// products with weights that have 8 added begins with. A row that is alone has them one after the other; in a tile of four, every
/// int is followed by the other rows'.
final class Rounded {
  /// Pairs of numbers in a group.
  static final int PAIRS = GROUP / 2;

  /// Ints of a row's group.
  static final int GROUP_INTS = PAIRS + 1;

  // Added and taken away again, it rounds to a whole number.
  private static final float ROUND = 12582912f;

  private final int groups;
  private final IntBuffer codes;
  private final Buffer scales;

  /// @param width numbers a row
  Rounded(int width, IntBuffer codes, Buffer scales) {
    this.groups = groups(width);
    this.codes = codes;
    this.scales = scales;
  }

  static int groups(int width) {
    return (width + GROUP - 1) / GROUP;
  }

  int[] codes() {
    return codes.data();
  }

  float[] scales() {
    return scales.data();
  }

  /// Where the codes of a tile's first row, or of one that is alone, begin.
  int codesAt(int row) {
    return row * groups * GROUP_INTS;
  }

  int scalesAt(int row) {
    return row * groups;
  }

  /// Rounds a row.
  ///
  /// @param from its numbers: `width` of them, `step` apart
  void take(int row, boolean alone, float[] from, int at, int step, int width) {
    int tile = alone ? row : row / TILE * TILE;
    int stride = alone ? 1 : TILE;
    int code = codesAt(tile) + row - tile;
    int scale = scalesAt(tile) + row - tile;
    for (int g = 0; g < groups; g++) {
      int count = Math.min(GROUP, width - g * GROUP);
      scales.data()[scale + g * stride] =
          group(from, at + g * GROUP * step, step, count, codes.data(), code + g * GROUP_INTS * stride, stride);
    }
  }

  private static float group(float[] x, int at, int step, int count, int[] codes, int to, int stride) {
    float max = 0;
    for (int k = 0; k < count; k++) {
      max = Math.max(max, Math.abs(x[at + k * step]));
    }
    float inverse = max == 0 ? 0 : 127 / max;
    int even = 0;
    int odd = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
      int k = 2 * pair;
      int first = k < count ? code(x[at + k * step], inverse) : 0;
      int second = k + 1 < count ? code(x[at + (k + 1) * step], inverse) : 0;
      even += first;
      odd += second;
      codes[to + pair * stride] = (first & 0xffff) | second << 16;
    }
    codes[to + PAIRS * stride] = (-8 * even & 0xffff) | (-8 * odd) << 16;
    return max / 127;
  }

  private static int code(float x, float inverse) {
    return (int) (x * inverse + ROUND - ROUND);
  }
}
