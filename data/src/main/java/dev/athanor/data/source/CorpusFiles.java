package dev.athanor.data.source;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The texts of a corpus one after another, of any size: no more than a part of one file is in memory. A line of `.jsonl` is an
/// object with a text; any other file is text in UTF-8, in parts of whole lines. `.gz` is unpacked.
///
/// @param files each once, sorted within a pattern
/// @param textKey where a JSON line has its text
public record CorpusFiles(List<Path> files, String textKey) {
  /// Characters after which a part of a text file ends with its line.
  static final int PART_CHARS = 1 << 16;

  /// A line without an end would fill the memory; it is cut.
  private static final int LONGEST_LINE = 1 << 20;

  public CorpusFiles {
    files = List.copyOf(files);
  }

  /// @param patterns files, folders or globs
  /// @throws UserException naming every pattern that finds nothing
  public static CorpusFiles find(List<String> patterns, Path folder, String textKey) {
    Set<Path> files = new LinkedHashSet<>();
    PathPattern.find(patterns, folder).forEach(found -> files.addAll(found.files()));
    return new CorpusFiles(List.copyOf(files), textKey);
  }

  /// As they are stored.
  public long bytes() {
    long bytes = 0;
    for (Path file : files) {
      try {
        bytes += Files.size(file);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot look at " + file, e);
      }
    }
    return bytes;
  }

  /// Reads from the beginning; closing it closes the file that is open.
  public Texts read() {
    return new Texts(this);
  }

  /// The texts in order. Not for several threads.
  public static final class Texts implements Iterator<String>, AutoCloseable {
    private final CorpusFiles corpus;
    private int nextFile;
    private long line;
    private @Nullable BufferedReader open;
    private @Nullable String next;

    private Texts(CorpusFiles corpus) {
      this.corpus = corpus;
    }

    /// @throws UserException at a file that is damaged, not UTF-8, or a line without a text; names the place
    @Override
    public boolean hasNext() {
      while (next == null) {
        BufferedReader reader = open;
        if (reader == null) {
          if (nextFile == corpus.files.size()) {
            return false;
          }
          reader = open(corpus.files.get(nextFile++));
          open = reader;
          line = 0;
        }
        next = read(reader, corpus.files.get(nextFile - 1));
        if (next == null) {
          close();
        }
      }
      return true;
    }

    @Override
    public String next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException("the corpus has no further text");
      }
      String text = next;
      next = null;
      return text;
    }

    /// The file that the last text came from.
    public Path file() {
      return corpus.files.get(Math.max(0, nextFile - 1));
    }

    @Override
    public void close() {
      BufferedReader reader = open;
      open = null;
      if (reader != null) {
        try {
          reader.close();
        } catch (IOException e) {
          throw new UncheckedIOException("cannot close " + file(), e);
        }
      }
    }

    private static BufferedReader open(Path file) {
      try {
        InputStream in = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
        return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
      } catch (IOException e) {
        throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }

    private @Nullable String read(BufferedReader reader, Path file) {
      try {
        return file.toString().matches(".*\\.jsonl(\\.gz)?") ? jsonLine(reader, file) : part(reader);
      } catch (CharacterCodingException e) {
        throw new UserException(file + ": after line " + line + ": is not UTF-8", e);
      } catch (IOException e) {
        throw new UserException(file + ": after line " + line + ": cannot be read: " + e.getMessage(), e);
      }
    }

    private @Nullable String jsonLine(BufferedReader reader, Path file) throws IOException {
      for (String json = reader.readLine(); json != null; json = reader.readLine()) {
        line++;
        if (!json.isBlank()) {
          return text(json, file);
        }
      }
      return null;
    }

    private String text(String json, Path file) {
      JsonNode node;
      try {
        node = Json.tree(json);
      } catch (JacksonException e) {
        throw new UserException(file + ":" + line + ": not valid JSON: " + e.getOriginalMessage(), e);
      }
      JsonNode text = node.path(corpus.textKey);
      if (!text.isString()) {
        List<String> keys = new ArrayList<>(node.isObject() ? node.propertyNames() : List.of());
        throw new UserException(
            "%s:%d: no text under '%s' (%s); --text-key names another"
                .formatted(file, line, corpus.textKey, keys.isEmpty() ? "it is no object" : "its keys are " + String.join(", ", keys)));
      }
      return text.stringValue();
    }

    /// Whole lines, with their ends as they are.
    private @Nullable String part(BufferedReader reader) throws IOException {
      StringBuilder text = new StringBuilder();
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        text.append((char) c);
        if (c == '\n') {
          line++;
        }
        boolean cut = text.length() >= LONGEST_LINE && !Character.isHighSurrogate((char) c);
        if (cut || (c == '\n' && text.length() >= PART_CHARS)) {
          break;
        }
      }
      return text.isEmpty() ? null : text.toString();
    }
  }
}
