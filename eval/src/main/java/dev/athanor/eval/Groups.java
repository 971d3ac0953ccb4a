package dev.athanor.eval;

import dev.athanor.data.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// How held-out documents are grouped to look closer at a figure.
final class Groups {
  private static final String UNKNOWN = "unknown";
  private static final String LOW = "0-10%";
  private static final String MIDDLE = "10-50%";
  private static final String HIGH = "50-100%";

  private Groups() {}

  static String origin(Document document) {
    return document.origin();
  }

  static String docLanguage(Document document) {
    return document.metadata().getOrDefault("docLanguage", UNKNOWN);
  }

  /// By `duplicatedShare`, the share of a document that stands word for word in the training split: below 0.1, below 0.5,
  /// the rest; "unknown" where the document does not say.
  static String duplicatedShare(Document document) {
    String share = document.metadata().get("duplicatedShare");
    if (share == null) {
      return UNKNOWN;
    }
    double value = Double.parseDouble(share);
    return value < 0.1 ? LOW : value < 0.5 ? MIDDLE : HIGH;
  }

  /// Keys sorted (the shares' names sort by size).
  static <T> Map<String, List<T>> by(List<T> items, Function<T, String> key) {
    Map<String, List<T>> groups = new TreeMap<>();
    items.forEach(item -> groups.computeIfAbsent(key.apply(item), k -> new ArrayList<>()).add(item));
    return new LinkedHashMap<>(groups);
  }
}
