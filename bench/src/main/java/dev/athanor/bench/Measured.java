package dev.athanor.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// Repeated measurements of one thing.
record Measured(List<Double> values) {
  Measured {
    values = new ArrayList<>(values);
    Collections.sort(values);
  }

  double median() {
    int n = values.size();
    return (values.get((n - 1) / 2) + values.get(n / 2)) / 2;
  }

  double min() {
    return values.getFirst();
  }

  double max() {
    return values.getLast();
  }

  /// "12,345 (12,001 to 12,400, n = 5)"
  String text() {
    return String.format(Locale.ROOT, "%,.1f (%,.1f to %,.1f, n = %d)", median(), min(), max(), values.size());
  }
}
