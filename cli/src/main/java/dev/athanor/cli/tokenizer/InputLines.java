package dev.athanor.cli.tokenizer;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a command reads: its arguments joined by spaces, a file, or standard input; whole or line by line. A line ends with `\n`
/// alone, so that the ids of lines are those of their exact text.
public record InputLines(List<String> words, @Nullable Path file, InputStream in) {
  /// @throws UserException when both are named, or the file is missing
  public InputLines {
    words = List.copyOf(words);
    if (!words.isEmpty() && file != null) {
      throw new UserException("a text or --file " + file + ", one of them");
    }
    if (file != null && !Files.isRegularFile(file)) {
      throw new UserException("--file: no such file: " + file);
    }
  }

  /// @throws UserException naming the first byte that is not UTF-8
  public String whole() {
    if (!words.isEmpty()) {
      return String.join(" ", words);
    }
    byte[] bytes = bytes();
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer from = ByteBuffer.wrap(bytes);
    CharBuffer to = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(from, to, true);
    if (result.isError()) {
      throw new UserException(
          "%s is not UTF-8: byte %d is 0x%02X".formatted(file == null ? "standard input" : file, from.position(), from.get(from.position())));
    }
    return to.flip().toString();
  }

  private byte[] bytes() {
    Path from = file;
    try {
      return from == null ? in.readAllBytes() : Files.readAllBytes(from);
    } catch (IOException e) {
      throw new UserException("cannot read " + (from == null ? "standard input" : from) + ": " + e.getMessage(), e);
    }
  }

  /// All lines, so many at a time.
  public void forEachBatch(int size, Consumer<List<String>> batch) {
    List<String> waiting = new ArrayList<>();
    forEach(
        line -> {
          waiting.add(line);
          if (waiting.size() == size) {
            batch.accept(List.copyOf(waiting));
            waiting.clear();
          }
        });
    if (!waiting.isEmpty()) {
      batch.accept(List.copyOf(waiting));
    }
  }

  /// Every line without its end; nothing after the last end.
  public void forEach(Consumer<String> line) {
    String text = whole();
    for (int start = 0; start < text.length(); ) {
      int end = text.indexOf('\n', start);
      line.accept(text.substring(start, end < 0 ? text.length() : end));
      start = end < 0 ? text.length() : end + 1;
    }
  }
}
