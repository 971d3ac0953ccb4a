package dev.athanor.data.language;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Tells JSON, XML, YAML, TOML and properties by their form.
final class StructuredData {
  private static final Pattern YAML_KEY = Pattern.compile("(- )?[\\w.\"'/-]{1,60}:( .*)?");
  private static final Pattern PROPERTY = Pattern.compile("[\\w.-]{1,80} ?= ?.*");
  private static final Pattern SECTION = Pattern.compile("\\[\\[?[\\w.\"' -]+]]?");
  private static final int LEAST_LINES = 3;

  private StructuredData() {}

  static Identified of(String text, List<String> lines) {
    String first = lines.getFirst();
    if (first.startsWith("<?xml")) {
      return lines.stream().limit(20).anyMatch(line -> line.contains("<html")) ? new Identified("html", 0.9) : new Identified("xml", 0.98);
    }
    if (first.startsWith("{") || first.startsWith("[")) {
      return json(text, lines);
    }
    if (first.startsWith("<") && first.length() > 1 && (Character.isLetter(first.charAt(1)) || first.startsWith("<!"))) {
      return markup(lines);
    }
    return lines.size() < LEAST_LINES ? Identified.UNDETERMINED : keyed(text, lines);
  }

  /// By its quotes: keys and values stand in them, and names before colons do.
  private static Identified json(String text, List<String> lines) {
    int keys = 0;
    int bare = 0;
    for (int at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
      int before = at - 1;
      while (before >= 0 && text.charAt(before) == ' ') {
        before--;
      }
      if (before >= 0 && text.charAt(before) == '"') {
        keys++;
      } else if (at + 1 < text.length() && text.charAt(at + 1) == ' ') {
        bare++;
      }
    }
    if (keys >= 1 && keys > 2 * bare) {
      return new Identified("json", Math.min(1, 0.7 + 0.1 * keys));
    }
    boolean section = SECTION.matcher(lines.getFirst()).matches();
    return section && lines.size() >= LEAST_LINES ? keyed(text, lines) : Identified.UNDETERMINED;
  }

  private static Identified markup(List<String> lines) {
    long tags = lines.stream().filter(line -> line.startsWith("<") || line.endsWith(">")).count();
    long html =
        lines.stream()
            .map(line -> line.toLowerCase(Locale.ROOT))
            .filter(
                line ->
                    line.contains("<!doctype html") || line.contains("<html") || line.contains("<div") || line.contains("<p>") || line.contains("<body")
                        || line.contains("<a href") || line.contains("<span") || line.contains("<li>") || line.contains("<script") || line.contains("<table"))
            .count();
    if (html > 0 && tags * 3 >= lines.size()) {
      return new Identified("html", Math.min(1, 0.7 + 0.1 * html));
    }
    return tags * 3 >= 2L * lines.size() ? new Identified("xml", 0.8) : Identified.UNDETERMINED;
  }

  private static Identified keyed(String text, List<String> lines) {
    long comments = lines.stream().filter(line -> line.startsWith("#")).count();
    long content = lines.size() - comments;
    if (content < LEAST_LINES) {
      return Identified.UNDETERMINED;
    }
    long sections = lines.stream().filter(line -> SECTION.matcher(line).matches()).count();
    long properties =
        lines.stream().filter(line -> PROPERTY.matcher(line).matches() && !line.endsWith(";") && !line.endsWith("{") && !line.endsWith("(")).count();
    if (sections > 0 && (properties + sections) * 10 >= content * 9 && properties > 0) {
      return new Identified("toml", 0.85);
    }
    if (properties * 20 >= content * 19 && lines.stream().noneMatch(line -> line.contains("("))) {
      return new Identified("properties", 0.75);
    }
    long keys = lines.stream().filter(line -> YAML_KEY.matcher(line).matches()).count();
    long items = lines.stream().filter(line -> line.startsWith("- ")).count();
    // "Name: value" is also how people write; nesting is not.
    boolean nested = text.contains(":\n  ") || text.contains(":\n- ") || lines.getFirst().equals("---");
    return nested && (keys + items) * 10 >= content * 8 && keys * 3 >= content ? new Identified("yaml", 0.85) : Identified.UNDETERMINED;
  }
}
