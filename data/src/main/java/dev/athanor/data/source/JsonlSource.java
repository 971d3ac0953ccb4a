package dev.athanor.data.source;

import dev.athanor.base.Json;
import dev.athanor.base.recipe.Default;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/// Files with one JSON object a line, plain, gzip (`.gz`) or Zstandard (`.zst`). Beside the text, a line may say its `language` and
/// `licence`; its further texts, numbers and booleans, and those of an object under `metadata`, become metadata. A line that this
/// project wrote is the document that was written.
///
/// @param paths files, folders or globs
/// @param textKey where the text stands; "text" unless said
/// @param idKey where the id stands, which must be unique in the corpus; unless said, the id is `file!position of the line`
/// @param longestLine bytes; a longer line is set aside
public record JsonlSource(
    List<String> paths, @Nullable String textKey, @Nullable String idKey, @Default("64M") int longestLine) implements Source {
  /// Plain files are read in parts of so many bytes, side by side.
  static final long PART = 256L << 20;

  private static final TypeReference<Map<String, @Nullable Object>> ROW = new TypeReference<>() {};

  public JsonlSource {
    paths = List.copyOf(paths);
    if (longestLine < 1) {
      throw new IllegalArgumentException("longest_line must be at least 1");
    }
  }

  public JsonlSource(List<String> paths, @Nullable String textKey) {
    this(paths, textKey, null, 64_000_000);
  }

  @Override
  public String fingerprint(SourceContext context) {
    return PathPattern.fingerprint("jsonl " + key() + " " + idKey + " " + longestLine, paths, context.folder());
  }

  private String key() {
    return textKey == null ? "text" : textKey;
  }

  @Override
  public List<Partition> partitions(SourceContext context) {
    return partitions(context, PART);
  }

  List<Partition> partitions(SourceContext context, long part) {
    var row = new RowDocument(key(), idKey);
    LinePartition.Parser parser = (line, origin, path, place) -> extract(row, line, origin, path, place);
    var partitions = new ArrayList<Partition>();
    PathPattern.forEachFile(paths, context.folder(), (origin, file) -> partitions.addAll(LinePartition.of(file, origin, part, longestLine, parser)));
    return partitions;
  }

  private static Extracted extract(RowDocument row, byte[] line, String origin, String path, String place) {
    String json;
    try {
      json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      return new Extracted.SetAside(place, "not UTF-8", "a line of JSON is UTF-8: " + e.getMessage());
    }
    if (path.equals("0") && json.startsWith("\uFEFF")) {
      json = json.substring(1);
    }
    Map<String, @Nullable Object> values;
    try {
      values = Json.MAPPER.readValue(json, ROW);
    } catch (JacksonException e) {
      return new Extracted.SetAside(place, "not valid JSON", Strings.shortened(e.getOriginalMessage(), 300));
    }
    return values == null ? new Extracted.SetAside(place, "not valid JSON", "null is no object") : row.of(values, origin, path, place);
  }
}
