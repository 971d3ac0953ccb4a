package dev.athanor.data.ngram;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files of numbers, seven bits a byte, the lowest first.
final class Varints {
  private static final int BUFFER = 1 << 16;

  private Varints() {}

  static final class Writer implements Closeable {
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int length;

    Writer(Path file) throws IOException {
      out = Files.newOutputStream(file);
    }

    /// @param value ≥ 0
    void put(long value) throws IOException {
      if (length > BUFFER - 10) {
        flush();
      }
      long rest = value;
      while (rest >= 0x80) {
        buffer[length++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      buffer[length++] = (byte) rest;
    }

    private void flush() throws IOException {
      out.write(buffer, 0, length);
      length = 0;
    }

    @Override
    public void close() throws IOException {
      try (out) {
        flush();
      }
    }
  }

  static final class Reader implements Closeable {
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int length;

    Reader(Path file) throws IOException {
      in = Files.newInputStream(file);
    }

    boolean atEnd() throws IOException {
      if (at < length) {
        return false;
      }
      at = 0;
      length = Math.max(0, in.read(buffer));
      return length == 0;
    }

    long next() throws IOException {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        if (atEnd()) {
          throw new EOFException("a file of n-grams ends in the middle of a number");
        }
        byte b = buffer[at++];
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    int nextInt() throws IOException {
      return (int) next();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
