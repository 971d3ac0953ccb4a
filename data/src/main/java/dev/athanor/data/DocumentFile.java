package dev.athanor.data;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import dev.athanor.base.AtomicFile;
import dev.athanor.base.UserException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/// Documents in a file, one JSON object a line, compressed as the name ends: `documents.jsonl.gz` or `documents.jsonl.zst`. Equal
/// documents give equal bytes: keys are sorted and gzip's time is zero.
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
      gzip.write(DocumentJson.encode(documents.next()));
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
          InputStream plain = file.toString().endsWith(".zst") ? new ZstdInputStream(in) : new GZIPInputStream(in, 1 << 16);
          return new Lines(file, new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()), 1 << 16));
        } catch (IOException e) {
          in.close();
          throw e;
        }
      } catch (NoSuchFileException e) {
        throw new UserException("no such file: " + file, e);
      } catch (ZipException | EOFException | ZstdIOException e) {
        throw new UserException(file + ": not a gzip or zstd file of documents; remove it and run the stage that writes it again", e);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }

    @Override
    public boolean tryAdvance(Consumer<? super Document> action) {
      String text;
      try {
        text = reader.readLine();
      } catch (ZipException | EOFException | ZstdIOException | CharacterCodingException e) {
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
        return DocumentJson.decode(json);
      } catch (DocumentJson.Malformed e) {
        throw damaged(line, String.valueOf(e.getMessage()), e);
      }
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
