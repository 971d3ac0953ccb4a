package dev.athanor.data.mixture;

import dev.athanor.data.Document;
import java.util.List;
import java.util.stream.Collectors;

/// By what documents are put into groups.
///
/// | key | value |
/// |---|---|
/// | `source` | the metadata's `source`, else the document's origin |
/// | `language` | the metadata's `language`, as it was identified, else the document's: of its content |
/// | `origin`, `licence` | the document's own |
/// | any other | the metadata's entry of that name |
///
/// A value that a document lacks is "unknown".
///
/// @param by the keys; without any, all documents are one group, "all"
public record Grouping(List<String> by) {
  private static final String UNKNOWN = "unknown";

  public Grouping {
    by = List.copyOf(by);
    if (by.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("by names a key that is empty");
    }
  }

  /// The name of a document's group: "web/zh".
  public String of(Document document) {
    return by.isEmpty() ? "all" : by.stream().map(key -> value(document, key)).collect(Collectors.joining("/"));
  }

  private static String value(Document document, String key) {
    String value =
        switch (key) {
          case "source" -> document.metadata().getOrDefault("source", document.origin());
          case "origin" -> document.origin();
          case "language" -> document.metadata().getOrDefault("language", document.language());
          case "licence" -> document.licence();
          default -> document.metadata().getOrDefault(key, UNKNOWN);
        };
    return value.isEmpty() ? UNKNOWN : value;
  }
}
