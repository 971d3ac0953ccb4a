package dev.athanor.data.quality;

import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Span;
import java.util.List;
import java.util.Map;

/// A family of rules over a text's statistics: named, versioned, with its thresholds as components.
///
/// @param <S> the statistics, which families of one profile share
public interface Rules<S> {
  /// "gopher-quality-1"; another number when a measure is taken otherwise.
  String version();

  /// In the order in which they are judged.
  List<Bound> bounds();

  void measure(S statistics, Map<String, Double> measures);

  /// Where a text broke a bound; empty where it is the whole, or where the bound is another family's.
  default List<Span> where(S statistics, Bound broken) {
    return List.of();
  }
}
