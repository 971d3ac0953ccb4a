package dev.athanor.tokenizer.unigram;

/// The digamma function ψ, the derivative of ln Γ.
final class Digamma {
  private Digamma() {}

  /// By ψ(x) = ψ(x + 1) − 1/x up to x ≥ 20, and from there by the asymptotic series ln x − 1/2x − 1/12x² + 1/120x⁴ − 1/252x⁶ + 1/240x⁸
  /// (Abramowitz and Stegun 1964, 6.3.18). For x > 0.
  static double of(double x) {
    double below = 0;
    double y = x;
    while (y < 20) {
      below += 1 / y;
      y++;
    }
    double square = 1 / (y * y);
    double series = square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square / 240)));
    return StrictMath.log(y) - 0.5 / y - series - below;
  }
}
