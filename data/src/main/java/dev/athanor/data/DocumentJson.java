package dev.athanor.data;

import dev.athanor.base.Json;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.ObjectWriter;

/// A document as one line of JSON. Keys are sorted, so that equal documents give equal bytes; they are read in any order.
public final class DocumentJson {
  /// Characters beyond the first plane as themselves, not as two escapes.
  private static final ObjectWriter WRITER = Json.MAPPER.writer().with(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8);

  private DocumentJson() {}

  /// A line that is no document: what is wrong with it, without the place.
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// The document in UTF-8, a line end after it. Half a surrogate pair, which UTF-8 cannot say, becomes U+FFFD.
  public static byte[] encode(Document document) {
    var out = new ByteArrayOutputStream(document.text().length() + document.text().length() / 8 + 256);
    try (JsonGenerator json = WRITER.createGenerator(out)) {
      json.writeStartObject();
      write(json, "id", document.id());
      write(json, "language", document.language());
      write(json, "licence", document.licence());
      json.writeName("metadata");
      json.writeStartObject();
      new TreeMap<>(document.metadata()).forEach((key, value) -> write(json, wellFormed(key), value));
      json.writeEndObject();
      write(json, "origin", document.origin());
      write(json, "path", document.path());
      write(json, "text", document.text());
      json.writeEndObject();
    }
    out.write('\n');
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, String key, String value) {
    json.writeStringProperty(key, wellFormed(value));
  }

  /// The text with U+FFFD for every half of a surrogate pair; the text itself where there is none.
  public static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return replaced(text, i);
        }
        i++;
      }
    }
    return text;
  }

  private static String replaced(String text, int from) {
    var whole = new StringBuilder(text.length()).append(text, 0, from);
    for (int i = from; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      boolean half = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      whole.appendCodePoint(half ? 0xFFFD : codePoint);
      i += Character.charCount(codePoint);
    }
    return whole.toString();
  }

  /// @param line without its end
  public static Document decode(String line) throws Malformed {
    try (JsonParser json = Json.MAPPER.createParser(line)) {
      Document document = document(json);
      if (json.nextToken() != null) {
        throw new Malformed("not valid JSON: something follows the document", null);
      }
      return document;
    } catch (JacksonException e) {
      throw new Malformed("not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Document document(JsonParser json) throws Malformed {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new Malformed("the line is no object", null);
    }
    Map<String, String> fields = new TreeMap<>();
    @Nullable Map<String, String> metadata = null;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      if (key.equals("metadata") && value == JsonToken.START_OBJECT) {
        metadata = metadata(json);
      } else if (value == JsonToken.VALUE_STRING) {
        fields.put(key, json.getString());
      } else {
        json.skipChildren();
      }
    }
    String id = text(fields, "id");
    String text = text(fields, "text");
    if (metadata == null) {
      throw new Malformed("the document has no object under 'metadata'", null);
    }
    return new Document(
        id, text, text(fields, "origin"), text(fields, "path"), text(fields, "licence"), text(fields, "language"), metadata);
  }

  private static Map<String, String> metadata(JsonParser json) throws Malformed {
    Map<String, String> metadata = new TreeMap<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new Malformed("the document has no text under '" + key + "'", null);
      }
      metadata.put(key, json.getString());
    }
    return metadata;
  }

  private static String text(Map<String, String> fields, String key) throws Malformed {
    String value = fields.get(key);
    if (value == null) {
      throw new Malformed("the document has no text under '" + key + "'", null);
    }
    return value;
  }
}
