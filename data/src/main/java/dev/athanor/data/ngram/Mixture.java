package dev.athanor.data.ngram;

import java.util.List;

/// Two models' predictions averaged: `p = weight · p_first + (1 − weight) · p_second`, so again a distribution.
///
/// @param weight of the first model, 0 ≤ weight ≤ 1
public record Mixture(double weight) {
  private static final int BISECTIONS = 40;

  public Mixture {
    if (!(weight >= 0 && weight <= 1)) {
      throw new IllegalArgumentException("the weight of a mixture is between 0 and 1, not " + weight);
    }
  }

  /// The weight under which the tokens are most likely. The log-likelihood is concave in the weight, so its derivative
  /// `Σ (p₁ − p₂) / (weight · p₁ + (1 − weight) · p₂)` is bisected.
  ///
  /// @param first natural-log probabilities of the same tokens as in `second`, in the same arrays; should be text that
  ///     neither model was trained on, and not the text that is then measured
  public static Mixture tune(List<float[]> first, List<float[]> second) {
    checkSameShape(first.size(), second.size());
    double low = 0;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (slope(first, second, middle) > 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new Mixture((low + high) / 2);
  }

  private static double slope(List<float[]> first, List<float[]> second, double weight) {
    double sum = 0;
    for (int s = 0; s < first.size(); s++) {
      float[] a = first.get(s);
      float[] b = second.get(s);
      checkSameShape(a.length, b.length);
      for (int i = 0; i < a.length; i++) {
        double most = Math.max(a[i], b[i]);
        double p = Math.exp(a[i] - most);
        double q = Math.exp(b[i] - most);
        sum += (p - q) / (weight * p + (1 - weight) * q);
      }
    }
    return sum;
  }

  /// The mixture's natural-log probabilities from those of the two models.
  public float[] mix(float[] first, float[] second) {
    checkSameShape(first.length, second.length);
    float[] mixed = new float[first.length];
    for (int i = 0; i < mixed.length; i++) {
      double most = Math.max(first[i], second[i]);
      mixed[i] =
          (float)
              (most + Math.log(weight * Math.exp(first[i] - most) + (1 - weight) * Math.exp(second[i] - most)));
    }
    return mixed;
  }

  private static void checkSameShape(int first, int second) {
    if (first != second) {
      throw new IllegalArgumentException("scores of different tokens: " + first + " and " + second);
    }
  }
}
