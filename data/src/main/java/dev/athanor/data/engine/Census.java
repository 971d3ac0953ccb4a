package dev.athanor.data.engine;

import dev.athanor.data.Document;
import java.util.SortedMap;
import java.util.TreeMap;

/// Documents counted by what they are.
///
/// @param groups by "source / language", a language being what was identified, else the kind of content
/// @param lengths documents by the power of two of their length: `lengths[k]` have at least 2^k and fewer than 2^(k+1) bytes
/// @param measures for each numeric measure in the metadata, how many documents have which value, to two significant digits
public record Census(
    SortedMap<String, Size> groups, SortedMap<Integer, Long> lengths, SortedMap<String, SortedMap<Double, Long>> measures) {

  public record Size(long documents, long bytes) {
    Size plus(Size other) {
      return new Size(documents + other.documents, bytes + other.bytes);
    }
  }

  public static Census empty() {
    return new Census(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  public Size total() {
    return groups.values().stream().reduce(new Size(0, 0), Size::plus);
  }

  void add(Document document, long utf8Bytes, boolean withMeasures) {
    String language = document.metadata().getOrDefault("language", document.language());
    String group = document.metadata().getOrDefault(DocumentPass.SOURCE, document.origin()) + " / " + language;
    groups.merge(group, new Size(1, utf8Bytes), Size::plus);
    lengths.merge(63 - Long.numberOfLeadingZeros(Math.max(1, utf8Bytes)), 1L, Long::sum);
    if (withMeasures) {
      document.metadata().forEach(this::addMeasure);
    }
  }

  /// Metadata that steps write as numbers have a dot in their names: "gopher.mean_word_length".
  private void addMeasure(String name, String text) {
    if (name.indexOf('.') > 0) {
      try {
        double value = twoDigits(Double.parseDouble(text));
        measures.computeIfAbsent(name, key -> new TreeMap<>()).merge(value, 1L, Long::sum);
      } catch (NumberFormatException e) {
        // A text: there is nothing to count.
        return;
      }
    }
  }

  static double twoDigits(double value) {
    return value == 0 || !Double.isFinite(value)
        ? 0
        : new java.math.BigDecimal(value).round(new java.math.MathContext(2)).doubleValue();
  }

  void add(Census other) {
    other.groups.forEach((group, size) -> groups.merge(group, size, Size::plus));
    other.lengths.forEach((power, count) -> lengths.merge(power, count, Long::sum));
    other.measures.forEach(
        (name, values) -> {
          var mine = measures.computeIfAbsent(name, key -> new TreeMap<>());
          values.forEach((value, count) -> mine.merge(value, count, Long::sum));
        });
  }
}
