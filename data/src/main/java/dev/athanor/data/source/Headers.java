package dev.athanor.data.source;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Named fields as WARC and HTTP have them (RFC 822): a first line, then `Name: value` a line; names in any case.
///
/// @param fields by their names in lower case; the first of a name counts
record Headers(String firstLine, Map<String, String> fields) {
  static Headers parse(byte[] bytes, int from, int to) {
    List<String> lines = new String(bytes, from, to - from, StandardCharsets.UTF_8).lines().toList();
    var fields = new LinkedHashMap<String, String>();
    String name = "";
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      int colon = line.indexOf(':');
      if (line.startsWith(" ") || line.startsWith("\t")) {
        fields.computeIfPresent(name, (_, value) -> value + " " + line.strip());
      } else if (colon > 0) {
        name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        fields.putIfAbsent(name, line.substring(colon + 1).strip());
      }
    }
    return new Headers(lines.isEmpty() ? "" : lines.getFirst(), fields);
  }

  /// Empty where the field is not there.
  String get(String name) {
    return fields.getOrDefault(name, "");
  }

  /// `text/html` of `text/html; charset=gbk`, in lower case.
  String mediaType() {
    String type = get("content-type");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  @Nullable String charset() {
    String type = get("content-type");
    int at = type.toLowerCase(Locale.ROOT).indexOf("charset=");
    if (at < 0) {
      return null;
    }
    String rest = type.substring(at + "charset=".length()).strip();
    int end = rest.indexOf(';');
    String name = (end < 0 ? rest : rest.substring(0, end)).replace("\"", "").replace("'", "").strip();
    return name.isEmpty() ? null : name;
  }
}
