package dev.athanor.model.memory;

import java.util.function.IntPredicate;

/// Bisection.
final class LargestThat {
  private LargestThat() {}

  /// The largest number of 1 … most that fits, where every smaller one fits too; 0 when none does.
  static int fits(int most, IntPredicate fits) {
    int low = 0;
    int high = most;
    while (low < high) {
      int middle = low + (high - low + 1) / 2;
      if (fits.test(middle)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
