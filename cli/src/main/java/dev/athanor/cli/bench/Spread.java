package dev.athanor.cli.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Repeated measurements of one thing.
public record Spread(double median, double min, double max, int count) {
  /// @throws IllegalArgumentException when there is none
  public static Spread of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int n = sorted.length;
    return new Spread((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1], n);
  }

  /// "46.2 (44.0–47.9)"
  String text() {
    String form = Math.max(Math.abs(min), Math.abs(max)) < 10 ? "%.2f (%.2f–%.2f)" : "%,.1f (%,.1f–%,.1f)";
    return String.format(Locale.ROOT, form, median, min, max);
  }

  static double medianOf(double[] values) {
    return of(Arrays.stream(values).boxed().toList()).median();
  }
}
