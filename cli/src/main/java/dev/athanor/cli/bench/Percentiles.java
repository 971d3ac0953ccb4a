package dev.athanor.cli.bench;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// How times are distributed: of the sorted ones, the one that a share is not above (the nearest rank).
public record Percentiles(double mean, double p50, double p90, double p99, double max) {
  /// @return null where there is none
  static @Nullable Percentiles of(Collection<Double> values) {
    if (values.isEmpty()) {
      return null;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double sum = 0;
    for (double value : sorted) {
      sum += value;
    }
    return new Percentiles(
        sum / sorted.length, rank(sorted, 0.5), rank(sorted, 0.9), rank(sorted, 0.99), sorted[sorted.length - 1]);
  }

  private static double rank(double[] sorted, double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
