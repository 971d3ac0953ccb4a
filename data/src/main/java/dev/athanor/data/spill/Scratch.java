package dev.athanor.data.spill;

import dev.athanor.base.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A file that is written once, from its beginning to its end, then read (or changed) at any place through a mapping, and removed when
/// closed. Its bytes count as the system's cache, not as this process's memory. All of it is written before it is mapped,
/// so a full disk is an exception here and not a fault at some later access.
public final class Scratch implements AutoCloseable {
  /// Numbers in it are little-endian and at any place.
  public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private final Arena arena = Arena.ofShared();
  private long size;
  private @Nullable MemorySegment mapped;

  public Scratch(Path file) {
    this.file = file;
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw AtomicFile.failure(file, e);
    }
  }

  public void write(byte[] bytes, int from, int length) {
    int at = from;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, room(1));
      buffer.put(bytes, at, part);
      at += part;
      left -= part;
    }
    size += length;
  }

  public void writeLong(long value) {
    room(Long.BYTES);
    buffer.putLong(value);
    size += Long.BYTES;
  }

  public void writeZeros(long bytes) {
    var zeros = new byte[buffer.capacity()];
    for (long left = bytes; left > 0; left -= zeros.length) {
      write(zeros, 0, (int) Math.min(left, zeros.length));
    }
  }

  /// Bytes written so far.
  public long size() {
    return size;
  }

  private int room(int least) {
    if (buffer.remaining() < least) {
      flush();
    }
    return buffer.remaining();
  }

  private void flush() {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw AtomicFile.failure(file, e);
    }
    buffer.clear();
  }

  /// All that was written, to any thread, until this is closed. Nothing can be written to the file afterwards but through it.
  public MemorySegment map() {
    MemorySegment known = mapped;
    if (known == null) {
      flush();
      try {
        known = size == 0 ? MemorySegment.NULL : channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot map " + file, e);
      }
      mapped = known;
    }
    return known;
  }

  @Override
  public void close() {
    arena.close();
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file, e);
    }
  }
}
