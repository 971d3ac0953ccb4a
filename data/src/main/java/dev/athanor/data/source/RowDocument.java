package dev.athanor.data.source;

import dev.athanor.data.DocLanguage;
import dev.athanor.data.Document;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A row of named values (a line of JSON, a row of Parquet) on its way to be a document.
///
/// @param textKey where the text stands
/// @param idKey where the id stands; null for `origin!path`
record RowDocument(String textKey, @Nullable String idKey) {
  /// A row with all of these as texts is a document that this project wrote.
  private static final List<String> OWN = List.of("id", "text", "origin", "path", "licence", "language");

  private static final Set<String> FIELDS = Set.of("language", "licence", "license");

  /// @param row texts, numbers, booleans; a map under "metadata"; other values are passed over
  Extracted of(Map<String, ?> row, String origin, String path, String place) {
    if (!(row.get(textKey) instanceof String text)) {
      return new Extracted.SetAside(place, "no text under '" + textKey + "'", keys(row.keySet()));
    }
    if (idKey == null && textKey.equals("text") && isOwn(row)) {
      return new Extracted.Text(own(row));
    }
    String id = origin + "!" + path;
    if (idKey != null) {
      Object value = row.get(idKey);
      if (!(value instanceof String || value instanceof Number) || value.toString().isEmpty()) {
        return new Extracted.SetAside(place, "no id under '" + idKey + "'", keys(row.keySet()));
      }
      id = Strings.sound(value.toString());
    }
    String sound = Strings.sound(text);
    String language = text(row, "language", "text");
    String licence = text(row, "licence", text(row, "license", SpdxLicence.UNKNOWN));
    Map<String, String> metadata = metadata(row);
    metadata.put("docLanguage", DocLanguage.of(sound, language));
    return new Extracted.Text(new Document(id, sound, origin, path, licence, language, metadata));
  }

  private static String keys(Collection<String> keys) {
    return keys.isEmpty() ? "it has no keys" : Strings.shortened("its keys are " + String.join(", ", keys), 300);
  }

  private static boolean isOwn(Map<String, ?> row) {
    return OWN.stream().allMatch(key -> row.get(key) instanceof String) && row.get("metadata") instanceof Map<?, ?>;
  }

  private static Document own(Map<String, ?> row) {
    var metadata = new LinkedHashMap<String, String>();
    if (row.get("metadata") instanceof Map<?, ?> values) {
      addTo(metadata, values);
    }
    return new Document(
        text(row, "id", ""), text(row, "text", ""), text(row, "origin", ""), text(row, "path", ""), text(row, "licence", ""),
        text(row, "language", ""), metadata);
  }

  private static String text(Map<String, ?> row, String key, String otherwise) {
    return row.get(key) instanceof String text ? Strings.sound(text) : otherwise;
  }

  private Map<String, String> metadata(Map<String, ?> row) {
    var metadata = new LinkedHashMap<String, String>();
    if (row.get("metadata") instanceof Map<?, ?> values) {
      addTo(metadata, values);
    }
    var others = new LinkedHashMap<String, Object>(row);
    others.keySet().removeAll(FIELDS);
    others.remove(textKey);
    if (idKey != null) {
      others.remove(idKey);
    }
    addTo(metadata, others);
    return metadata;
  }

  private static void addTo(Map<String, String> metadata, Map<?, ?> values) {
    values.forEach(
        (key, value) -> {
          if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            metadata.put(Strings.sound(key.toString()), Strings.sound(value.toString()));
          }
        });
  }
}
