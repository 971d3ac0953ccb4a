package dev.athanor.cli.data;

import dev.athanor.cli.model.Amounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// How often which value of a measure comes.
///
/// @param values documents by value
public record Histogram(SortedMap<Double, Long> values) {
  public boolean isEmpty() {
    return values.isEmpty();
  }

  public long count() {
    return values.values().stream().mapToLong(Long::longValue).sum();
  }

  /// The smallest value that at least the share `q` of all documents do not exceed.
  public double quantile(double q) {
    long wanted = Math.max(1, (long) Math.ceil(q * count()));
    long seen = 0;
    for (Map.Entry<Double, Long> entry : values.entrySet()) {
      seen += entry.getValue();
      if (seen >= wanted) {
        return entry.getKey();
      }
    }
    return values.lastKey();
  }

  /// How many documents lie outside of bounds.
  public long outside(double least, double most) {
    return values.entrySet().stream().filter(entry -> entry.getKey() < least || entry.getKey() > most).mapToLong(Map.Entry::getValue).sum();
  }

  /// Percent of the documents in buckets of equal width between the 1st and the 99th percentile; what lies beyond counts to the ends.
  public Map<String, List<Double>> buckets(int most) {
    double low = quantile(0.01);
    double high = quantile(0.99);
    double width = (high - low) / most;
    long count = count();
    Map<String, List<Double>> buckets = new LinkedHashMap<>();
    if (width <= 0) {
      buckets.put(Amounts.number(low), List.of(100.0));
      return buckets;
    }
    long[] counts = new long[most];
    values.forEach((value, documents) -> counts[(int) Math.clamp((value - low) / width, 0, most - 1)] += documents);
    for (int i = 0; i < most; i++) {
      String name = Amounts.number(low + i * width) + " to " + Amounts.number(low + (i + 1) * width);
      buckets.put(name, List.of(100.0 * counts[i] / count));
    }
    return buckets;
  }

}
