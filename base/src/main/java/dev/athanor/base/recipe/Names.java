package dev.athanor.base.recipe;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How Java names are spelled in a recipe, and which known name was meant by an unknown one.
final class Names {
  private Names() {}

  /// `maxTokens`, `MaxTokens` → `max_tokens`.
  static String snake(String javaName) {
    return javaName.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  static String of(RecordComponent component) {
    return snake(component.getName());
  }

  /// A constant as a recipe spells it: `COSINE_DECAY` → `cosine-decay`.
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The one spelling of a key: `max-tokens` and `max_tokens` are the same.
  static String normal(String key) {
    return key.replace('-', '_');
  }

  /// The records behind a sealed interface by name: that of the record without the interface's own (`MavenSource` of
  /// `Source` is `maven`). Sealed interfaces below it are opened up.
  static Map<String, Class<?>> alternatives(Class<?> sealed) {
    Map<String, Class<?>> byName = new TreeMap<>();
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      if (permitted.isSealed()) {
        byName.putAll(alternatives(permitted));
      } else if (permitted.isRecord()) {
        byName.put(alternative(permitted, sealed), permitted);
      } else {
        throw new IllegalStateException(permitted + " is no record: a recipe cannot choose it");
      }
    }
    return byName;
  }

  private static String alternative(Class<?> record, Class<?> sealed) {
    String name = record.getSimpleName();
    String family = sealed.getSimpleName();
    boolean repeatsFamily = name.endsWith(family) && name.length() > family.length();
    return snake(repeatsFamily ? name.substring(0, name.length() - family.length()) : name);
  }

  /// The name under which a sealed interface offers this record, when one does.
  static Optional<String> alternativeName(Class<?> record) {
    return Arrays.stream(record.getInterfaces())
        .filter(Class::isSealed)
        .findFirst()
        .map(sealed -> alternative(record, sealed));
  }

  /// "; did you mean 'width'? (valid: depth, width)".
  static String suggestion(String unknown, Collection<String> valid) {
    String all = valid.isEmpty() ? "" : " (valid: " + String.join(", ", valid) + ")";
    return nearest(unknown, valid).map(name -> "; did you mean '" + name + "'?").orElse("") + all;
  }

  /// The valid name at the least edit distance, if no more than about a third of the letters differ.
  private static Optional<String> nearest(String unknown, Collection<String> valid) {
    String from = normal(unknown.toLowerCase(Locale.ROOT));
    int farthest = Math.max(1, (from.length() + 1) / 3);
    return valid.stream()
        .min(Comparator.comparingInt(name -> distance(from, normal(name))))
        .filter(name -> distance(from, normal(name)) <= farthest);
  }

  /// Levenshtein's distance with swaps: the least number of letters to insert, remove, replace, or swap with the next.
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        d[i][j] = i == 0 || j == 0 ? i + j : cheapest(a, b, i, j, d);
      }
    }
    return d[a.length()][b.length()];
  }

  private static int cheapest(String a, String b, int i, int j, int[][] d) {
    int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int least = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
    boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, d[i - 2][j - 2] + 1) : least;
  }

  static List<String> of(RecordComponent[] components) {
    return Arrays.stream(components).map(Names::of).toList();
  }
}
