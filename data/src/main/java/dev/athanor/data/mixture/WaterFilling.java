package dev.athanor.data.mixture;

import java.util.Arrays;

/// Shares with limits: as by weight, and what one cannot take goes to those that can, again by weight.
final class WaterFilling {
  private WaterFilling() {}

  /// `min(limit, λ·weight)` of each, with the λ under which they add up to the total; the limits themselves where the total is more than
  /// all of them. More of the total, or of a limit elsewhere less, never makes a share smaller.
  ///
  /// @param weights not negative; a share of weight 0 is 0
  static double[] shares(double[] weights, double[] limits, double total) {
    Integer[] fullFirst = new Integer[weights.length];
    Arrays.setAll(fullFirst, i -> i);
    // In which order they reach their limits as λ rises; those of weight 0 never do.
    Arrays.sort(fullFirst, (a, b) -> Double.compare(level(weights, limits, a), level(weights, limits, b)));
    // Summed from the end, so that what comes last has no error of what was before it.
    double[] weightFrom = new double[weights.length + 1];
    for (int place = weights.length - 1; place >= 0; place--) {
      weightFrom[place] = weightFrom[place + 1] + weights[fullFirst[place]];
    }
    double[] shares = new double[weights.length];
    double left = total;
    for (int place = 0; place < fullFirst.length && weightFrom[place] > 0; place++) {
      int i = fullFirst[place];
      shares[i] = Math.min(limits[i], left * (weights[i] / weightFrom[place]));
      left = Math.max(0, left - shares[i]);
    }
    return shares;
  }

  private static double level(double[] weights, double[] limits, int i) {
    return weights[i] > 0 ? limits[i] / weights[i] : Double.POSITIVE_INFINITY;
  }

  /// Whole numbers that add up to the rounded sum: each rounded down, then one more for those with the largest remainders, the first
  /// of equal ones first (Hamilton's method).
  ///
  /// @param limits that are not passed
  static long[] rounded(double[] shares, long[] limits) {
    long[] whole = new long[shares.length];
    Integer[] byRemainder = new Integer[shares.length];
    long missing = Math.round(Arrays.stream(shares).sum());
    for (int i = 0; i < shares.length; i++) {
      whole[i] = Math.min(limits[i], (long) Math.floor(shares[i]));
      missing -= whole[i];
      byRemainder[i] = i;
    }
    Arrays.sort(byRemainder, (a, b) -> Double.compare(shares[b] - whole[b], shares[a] - whole[a]));
    for (Integer i : byRemainder) {
      if (missing > 0 && shares[i] > whole[i] && whole[i] < limits[i]) {
        whole[i]++;
        missing--;
      }
    }
    return whole;
  }
}
