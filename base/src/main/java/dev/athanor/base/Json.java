package dev.athanor.base;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON read and written the same way everywhere: records in declaration order, nothing escaped that need not be.
public final class Json {
  public static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final JsonMapper PRETTY =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final JsonMapper CANONICAL =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private Json() {}

  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /// Indented, for files that people open; ends in a newline.
  public static String pretty(Object value) {
    return PRETTY.writeValueAsString(value) + "\n";
  }

  /// Keys sorted, no white space: equal values give equal text, so that it can be hashed.
  public static String canonical(Object value) {
    return CANONICAL.writeValueAsString(value);
  }

  public static JsonNode tree(String json) {
    return MAPPER.readTree(json);
  }

  public static <T> T read(String json, Class<T> type) {
    return MAPPER.readValue(json, type);
  }

  /// The file's content as a tree.
  ///
  /// @throws UserException when the file is missing or is no JSON; names the file, line and column
  public static JsonNode readFile(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return MAPPER.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new UserException("no such file: " + file, e);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (JacksonException e) {
      var at = e.getLocation();
      String where = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
      throw new UserException(file + where + ": not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  public static <T> T readFile(Path file, Class<T> type) {
    JsonNode tree = readFile(file);
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (JacksonException e) {
      throw new UserException(file + ": " + e.getOriginalMessage(), e);
    }
  }
}
