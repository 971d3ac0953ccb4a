package dev.athanor.data.ngram;

/// What modified Kneser–Ney takes from counts of one, two, and three or more, estimated from how many n-grams of an order
/// have each count. Chen and Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling" (1998), eq. 26:
/// `Y = n1/(n1 + 2 n2)`, `D1 = 1 − 2Y n2/n1`, `D2 = 2 − 3Y n3/n2`, `D3+ = 3 − 4Y n4/n3`.
///
/// Small corpora can lack a count altogether; then one discount serves all counts: `Y`, or ½ where that is undefined too.
/// Every discount is at least 0.01, so that nothing that a context has not shown becomes impossible.
record Discounts(double one, double two, double more) {
  private static final double LEAST = 0.01;

  /// @param n `n[c]` is the number of n-grams with count c, for c = 1 … 4
  static Discounts estimate(long[] n) {
    double y = n[1] == 0 ? 0.5 : (double) n[1] / (n[1] + 2 * n[2]);
    if (n[1] == 0 || n[2] == 0 || n[3] == 0 || n[4] == 0) {
      return new Discounts(y, y, y);
    }
    return new Discounts(
        within(1 - 2 * y * n[2] / n[1], 1),
        within(2 - 3 * y * n[3] / n[2], 2),
        within(3 - 4 * y * n[4] / n[3], 3));
  }

  private static double within(double discount, double most) {
    return Math.clamp(discount, LEAST, most);
  }

  /// @param count ≥ 1
  double of(int count) {
    return switch (count) {
      case 1 -> one;
      case 2 -> two;
      default -> more;
    };
  }
}
