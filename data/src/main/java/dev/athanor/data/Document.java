package dev.athanor.data;

import java.util.Map;

/// A piece of text and where it is from.
///
/// @param id stable and unique in a corpus: `origin!path`
/// @param origin the coordinate, folder or file that it was read from
/// @param path the path inside the origin, with `/`
/// @param licence an SPDX identifier where one could be told, else "unknown"
/// @param language of the content: "java", "markdown", "text", …
/// @param metadata what steps have found out, such as `docLanguage` = "zh" | "en" | "none"
public record Document(
    String id,
    String text,
    String origin,
    String path,
    String licence,
    String language,
    Map<String, String> metadata) {
  public Document {
    metadata = Map.copyOf(metadata);
  }

  /// Of the text in UTF-8, without writing it.
  public long utf8Bytes() {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Each half of a surrogate pair stands for two of the character's four bytes.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  public Document withText(String newText) {
    return new Document(id, newText, origin, path, licence, language, metadata);
  }

  /// With more in the metadata.
  public Document with(Map<String, String> entries) {
    var more = new java.util.HashMap<>(metadata);
    more.putAll(entries);
    return new Document(id, text, origin, path, licence, language, more);
  }

  public Document with(String key, String value) {
    var more = new java.util.HashMap<>(metadata);
    more.put(key, value);
    return new Document(id, text, origin, path, licence, language, more);
  }
}
