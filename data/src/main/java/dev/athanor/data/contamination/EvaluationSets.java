package dev.athanor.data.contamination;

import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads evaluation sets as they are published: `.jsonl` (an object a line), `.json` (a list of objects, or an object that has
/// one), `.csv` (with a header), each also as `.gz`.
///
/// @param files or folders, of which all such files count
/// @param fields of an item whose texts give it away, dotted where they are nested; lists of texts are joined
public record EvaluationSets(List<Path> files, List<String> fields) {
  private static final List<String> KINDS = List.of(".jsonl", ".json", ".csv");

  public EvaluationSets {
    files = List.copyOf(files);
    fields = List.copyOf(fields);
  }

  private record Found(Path file, String task) {}

  /// @throws UserException naming what is missing, damaged or has no item with such fields
  void read(Consumer<EvaluationItem> sink) {
    for (Found found : find()) {
      var items = new ArrayList<EvaluationItem>();
      read(found, items);
      if (items.stream().allMatch(item -> item.text().isBlank())) {
        throw new UserException(
            found.file + ": no item has a text under one of " + String.join(", ", fields) + "; name its fields under 'fields'");
      }
      items.forEach(sink);
    }
  }

  /// Changes with any file's content.
  public String fingerprint() {
    var digests = new StringBuilder();
    find().forEach(found -> digests.append(found.task).append(' ').append(Sha256.of(found.file)).append('\n'));
    return Sha256.of(digests.toString());
  }

  private List<Found> find() {
    var all = new ArrayList<Found>();
    for (Path path : files) {
      if (Files.isDirectory(path)) {
        all.addAll(below(path));
      } else if (!Files.exists(path)) {
        throw new UserException("no such evaluation set: " + path);
      } else if (kind(path) == null) {
        throw new UserException(path + ": not known as an evaluation set; .jsonl, .json and .csv are, also as .gz");
      } else {
        all.add(new Found(path, withoutEnding(String.valueOf(path.getFileName()))));
      }
    }
    return all;
  }

  private static List<Found> below(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      List<Found> found =
          paths
              .filter(path -> Files.isRegularFile(path) && kind(path) != null)
              .sorted()
              .map(path -> new Found(path, withoutEnding(folder.relativize(path).toString().replace('\\', '/'))))
              .toList();
      if (found.isEmpty()) {
        throw new UserException("no .jsonl, .json or .csv in " + folder);
      }
      return found;
    } catch (IOException e) {
      throw new UserException("cannot look through " + folder + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable String kind(Path path) {
    String name = String.valueOf(path.getFileName());
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    return KINDS.stream().filter(plain::endsWith).findFirst().orElse(null);
  }

  private static String withoutEnding(String name) {
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    return plain.substring(0, plain.lastIndexOf('.'));
  }

  private void read(Found found, List<EvaluationItem> items) {
    try (Reader reader = open(found.file)) {
      switch (String.valueOf(kind(found.file))) {
        case ".jsonl" -> readLines(found, new BufferedReader(reader), items);
        case ".json" -> readWhole(found, reader, items);
        default -> readTable(found, reader, items);
      }
    } catch (CharacterCodingException e) {
      throw new UserException(found.file + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new UserException("cannot read " + found.file + ": " + e.getMessage(), e);
    }
  }

  private static Reader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    if (String.valueOf(file.getFileName()).endsWith(".gz")) {
      in = new GZIPInputStream(in, 1 << 16);
    }
    return new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
  }

  private void readLines(Found found, BufferedReader lines, List<EvaluationItem> items) throws IOException {
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (!line.isBlank()) {
        JsonNode item = parse(line, found.file + ":" + number);
        items.add(item(found, items.size(), field -> text(item, field)));
      }
    }
  }

  private void readWhole(Found found, Reader reader, List<EvaluationItem> items) throws IOException {
    var whole = new StringBuilder();
    var buffer = new char[1 << 16];
    for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
      whole.append(buffer, 0, n);
    }
    for (JsonNode item : list(parse(whole.toString(), found.file.toString()))) {
      items.add(item(found, items.size(), field -> text(item, field)));
    }
  }

  private static JsonNode parse(String json, String where) {
    try {
      return Json.tree(json);
    } catch (JacksonException e) {
      throw new UserException(where + ": not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  /// The items: the list itself, or the first list of objects in an object.
  private static Iterable<JsonNode> list(JsonNode root) {
    if (root.isArray()) {
      return root;
    }
    for (JsonNode value : root) {
      if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
        return value;
      }
    }
    return List.of(root);
  }

  private void readTable(Found found, Reader reader, List<EvaluationItem> items) throws IOException {
    var csv = new CsvRows(reader);
    List<String> header = csv.next();
    if (header == null) {
      return;
    }
    for (List<String> row = csv.next(); row != null; row = csv.next()) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (int i = 0; i < Math.min(header.size(), row.size()); i++) {
        cells.put(header.get(i).replace("\ufeff", ""), row.get(i));
      }
      items.add(item(found, items.size(), field -> cells.getOrDefault(field, "")));
    }
  }

  private EvaluationItem item(Found found, int number, Function<String, String> values) {
    var text = new StringBuilder();
    for (String field : fields) {
      String value = values.apply(field);
      if (!value.isBlank()) {
        text.append(value).append('\n');
      }
    }
    return new EvaluationItem(found.task, number, text.toString());
  }

  private static String text(JsonNode item, String field) {
    JsonNode node = item;
    for (String name : field.split("\\.", -1)) {
      node = node.path(name);
    }
    if (node.isArray()) {
      var joined = new StringBuilder();
      node.forEach(each -> joined.append(each.isString() ? each.stringValue() : "").append('\n'));
      return joined.toString();
    }
    return node.isString() ? node.stringValue() : "";
  }
}
