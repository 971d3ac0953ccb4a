package dev.athanor.data.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Lines as bytes, without their ends (`\n` or `\r\n`). A line beyond the limit is passed over without being held.
final class LineReader {
  private static final byte[] EMPTY = {};

  private final InputStream in;
  private final int longest;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int filled;
  private byte[] line = EMPTY;
  private int held;
  private long length;
  private long position;
  private long next;

  /// @param start the position of the stream's first byte, for `position`
  LineReader(InputStream in, int longest, long start) {
    this.in = in;
    this.longest = longest;
    this.next = start;
  }

  /// @return whether there was a further line; a last one without an end is one
  boolean advance() throws IOException {
    return advance(Long.MAX_VALUE, true);
  }

  /// Passes over a line; stops inside it once it has gone on to `most`.
  void skip(long most) throws IOException {
    advance(most, false);
  }

  private boolean advance(long most, boolean keep) throws IOException {
    position = next;
    held = 0;
    length = 0;
    boolean any = false;
    while (next < most && (at < filled || fill())) {
      any = true;
      int end = at;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      if (keep) {
        hold(end - at);
      }
      next += end - at;
      at = end;
      if (end < filled) {
        at++;
        next++;
        return true;
      }
    }
    return any;
  }

  private boolean fill() throws IOException {
    at = 0;
    filled = Math.max(0, in.read(buffer));
    return filled > 0;
  }

  private void hold(int count) {
    length += count;
    if (length > longest) {
      held = 0;
      line = EMPTY;
      return;
    }
    if (held + count > line.length) {
      line = Arrays.copyOf(line, (int) Math.min(Math.max(longest, 1L), Math.max(Math.max(held + (long) count, 1 << 12), 2L * line.length)));
    }
    System.arraycopy(buffer, at, line, held, count);
    held += count;
  }

  /// The line; null where it is longer than the limit.
  byte @Nullable [] line() {
    if (length > longest) {
      return null;
    }
    int end = held > 0 && line[held - 1] == '\r' ? held - 1 : held;
    byte[] copy = Arrays.copyOf(line, end);
    if (line.length > 1 << 20) {
      line = EMPTY; // one long line is no reason to keep its room
    }
    return copy;
  }

  /// In bytes, with a `\r` before its end.
  long length() {
    return length;
  }

  /// Of the line's first byte, in what is unpacked.
  long position() {
    return position;
  }

  /// Where the next line begins.
  long nextPosition() {
    return next;
  }
}
