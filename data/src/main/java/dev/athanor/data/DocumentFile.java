package dev.athanor.data;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Documents in a file: gzip, one JSON object a line (`documents.jsonl.gz`). Equal documents give equal bytes: keys are sorted
/// and gzip's time is zero.
public final class DocumentFile {
  private DocumentFile() {}

  /// Writes all that the iterator gives; the file appears whole or not at all.
  public static void write(Path file, Iterator<Document> documents) {
    AtomicFile.write(file, out -> writeTo(out, documents));
  }

  private static void writeTo(OutputStream out, Iterator<Document> documents) throws IOException {
    // Finished, not closed: the file below is the caller's to flush to the disk.
    var gzip = new GZIPOutputStream(out, 1 << 16);
    while (documents.hasNext()) {
      gzip.write(Json.canonical(documents.next()).getBytes(StandardCharsets.UTF_8));
      gzip.write('\n');
    }
    gzip.finish();
  }

  /// The documents in the order they were written, read as they are asked for. Close the stream.
  ///
  /// @throws UserException at once when the file is missing; while reading, when it is damaged, with file and line
  @SuppressWarnings("StreamResourceLeak") // the caller closes the stream, and with it the file
  public static Stream<Document> read(Path file) {
    Lines lines = Lines.open(file);
    return StreamSupport.stream(lines, false).onClose(lines::close);
  }

  private static final class Lines extends AbstractSpliterator<Document> {
    private final Path file;
    private final BufferedReader reader;
    private long line;

    private Lines(Path file, BufferedReader reader) {
      super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
      this.file = file;
      this.reader = reader;
    }

    static Lines open(Path file) {
      try {
        var in = Files.newInputStream(file);
        try {
          var gzip = new GZIPInputStream(in, 1 << 16);
          return new Lines(file, new BufferedReader(new InputStreamReader(gzip, StandardCharsets.UTF_8.newDecoder())));
        } catch (IOException e) {
          in.close();
          throw e;
        }
      } catch (NoSuchFileException e) {
        throw new UserException("no such file: " + file, e);
      } catch (ZipException | EOFException e) {
        throw new UserException(file + ": not a gzip file of documents; remove it and run the stage that writes it again", e);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }

    @Override
    public boolean tryAdvance(Consumer<? super Document> action) {
      String text;
      try {
        text = reader.readLine();
      } catch (ZipException | EOFException | CharacterCodingException e) {
        throw damaged(line + 1, "the file is damaged or cut off", e);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
      if (text == null) {
        return false;
      }
      line++;
      action.accept(parse(text));
      return true;
    }

    private Document parse(String json) {
      try {
        JsonNode node = Json.tree(json);
        return new Document(
            text(node, "id"),
            text(node, "text"),
            text(node, "origin"),
            text(node, "path"),
            text(node, "licence"),
            text(node, "language"),
            metadata(node));
      } catch (JacksonException e) {
        throw damaged(line, "not valid JSON: " + e.getOriginalMessage(), e);
      }
    }

    private String text(JsonNode node, String key) {
      JsonNode value = node.path(key);
      if (!value.isString()) {
        throw damaged(line, "the document has no text under '" + key + "'", null);
      }
      return value.stringValue();
    }

    private Map<String, String> metadata(JsonNode node) {
      JsonNode values = node.path("metadata");
      if (!values.isObject()) {
        throw damaged(line, "the document has no object under 'metadata'", null);
      }
      var metadata = new HashMap<String, String>();
      for (String key : values.propertyNames()) {
        metadata.put(key, text(values, key));
      }
      return metadata;
    }

    private UserException damaged(long at, String what, @org.jspecify.annotations.Nullable Throwable cause) {
      String message = file + ":" + at + ": " + what + "; remove the file and run the stage that writes it again";
      return cause == null ? new UserException(message) : new UserException(message, cause);
    }

    void close() {
      try {
        reader.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close " + file, e);
      }
    }
  }
}
