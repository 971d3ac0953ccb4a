package dev.athanor.data.source;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.DocLanguage;
import dev.athanor.data.Document;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Files with one JSON object a line, plain or gzip (`.gz`). Beside the text, a line may say its `language` and `licence`.
///
/// @param paths files, folders or globs
/// @param textKey where the text stands; "text" unless said
public record JsonlSource(List<String> paths, @Nullable String textKey) implements Source {
  public JsonlSource {
    paths = List.copyOf(paths);
  }

  @Override
  public String fingerprint(SourceContext context) {
    return PathPattern.fingerprint("jsonl " + key(), paths, context.folder());
  }

  private String key() {
    return textKey == null ? "text" : textKey;
  }

  @Override
  public List<SourceReport> read(SourceContext context, Consumer<Document> sink) {
    List<PathPattern.Found> all = PathPattern.find(paths, context.folder());
    var reports = new ArrayList<SourceReport>();
    try (Progress.Task task = context.progress().start("read JSON lines", -1, "doc")) {
      for (PathPattern.Found found : all) {
        for (Path file : found.files()) {
          String origin = file.equals(found.root()) ? found.origin() : found.origin() + "/" + found.relative(file);
          reports.add(read(file, origin, task, sink));
        }
      }
    }
    return reports;
  }

  private SourceReport read(Path file, String origin, Progress.Task task, Consumer<Document> sink) {
    var tally = new Tally(sink);
    long line = 0;
    try (InputStream in = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
        var reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()))) {
      for (String json = reader.readLine(); json != null; json = reader.readLine()) {
        line++;
        if (json.isBlank()) {
          tally.skip("blank line");
        } else {
          tally.accept(document(json, file, origin, line));
          task.advance(1);
        }
      }
    } catch (IOException e) {
      throw new UserException(file + ":" + (line + 1) + ": cannot be read (damaged, or not UTF-8): " + e.getMessage(), e);
    }
    return tally.report(origin, Sha256.of(file));
  }

  private Document document(String json, Path file, String origin, long line) {
    JsonNode node;
    try {
      node = Json.tree(json);
    } catch (JacksonException e) {
      throw new UserException(file + ":" + line + ": not valid JSON: " + e.getOriginalMessage(), e);
    }
    JsonNode text = node.path(key());
    if (!text.isString()) {
      String keys = node.isObject() ? "its keys are " + String.join(", ", node.propertyNames()) : "it is no object";
      throw new UserException(file + ":" + line + ": no text under '" + key() + "' (" + keys + "); name the right one as text_key");
    }
    String language = node.path("language").asString("text");
    String licence = node.path("licence").asString(SpdxLicence.UNKNOWN);
    String path = String.valueOf(line);
    return new Document(
        origin + "!" + path, text.stringValue(), origin, path, licence, language,
        Map.of("docLanguage", DocLanguage.of(text.stringValue(), language)));
  }
}
