package dev.athanor.data.spill;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// Sorted pairs in a file: blocks, each its number of pairs (4 bytes), a CRC-32C of its pairs (4 bytes) and its pairs (16 bytes each;
/// all little-endian). What was cut off or changed on the disk is told when it is read, so that it cannot pass for fewer pairs.
///
/// @param pairs that were written
record SortedRun(Path file, long pairs) {
  static final int PAIR = 16;
  private static final int HEADER = 8;

  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file, e);
    }
  }

  private static ByteBuffer block(int pairs) {
    return ByteBuffer.allocateDirect(HEADER + pairs * PAIR).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int checksum(ByteBuffer block, int bytes) {
    var crc = new CRC32C();
    crc.update(block.slice(HEADER, bytes));
    return (int) crc.getValue();
  }

  /// Writes a run; without `finish` there is none.
  static final class Writer implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer block;
    private long pairs;

    Writer(Path file, int blockPairs) {
      this.file = file;
      block = block(blockPairs);
      block.position(HEADER);
      try {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
      } catch (IOException e) {
        throw AtomicFile.failure(file, e);
      }
    }

    void add(long key, long value) {
      if (!block.hasRemaining()) {
        flush();
      }
      block.putLong(key).putLong(value);
      pairs++;
    }

    private void flush() {
      int bytes = block.position() - HEADER;
      if (bytes == 0) {
        return;
      }
      block.putInt(0, bytes / PAIR).putInt(4, checksum(block, bytes)).flip();
      try {
        while (block.hasRemaining()) {
          channel.write(block);
        }
      } catch (IOException e) {
        throw AtomicFile.failure(file, e);
      }
      block.clear().position(HEADER);
    }

    SortedRun finish() {
      flush();
      return new SortedRun(file, pairs);
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw AtomicFile.failure(file, e);
      }
    }
  }

  /// Reads a run from its beginning; stands before the first pair.
  static final class Reader implements AutoCloseable {
    private final SortedRun run;
    private final FileChannel channel;
    private final ByteBuffer block;
    private long left;
    private long key;
    private long value;

    Reader(SortedRun run, int blockPairs) {
      this.run = run;
      left = run.pairs;
      block = block(blockPairs);
      block.limit(0);
      try {
        channel = FileChannel.open(run.file, StandardOpenOption.READ);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + run.file, e);
      }
    }

    long key() {
      return key;
    }

    long value() {
      return value;
    }

    /// Moves to the next pair; false after the last.
    boolean advance() {
      if (left == 0) {
        return false;
      }
      if (!block.hasRemaining()) {
        fill();
      }
      key = block.getLong();
      value = block.getLong();
      left--;
      return true;
    }

    private void fill() {
      read(HEADER, 0);
      int pairs = block.getInt(0);
      int checksum = block.getInt(4);
      if (pairs <= 0 || pairs > left || HEADER + (long) pairs * PAIR > block.capacity()) {
        throw damaged();
      }
      read(pairs * PAIR, HEADER);
      if (checksum(block, pairs * PAIR) != checksum) {
        throw damaged();
      }
      block.position(HEADER);
    }

    private void read(int bytes, int to) {
      block.limit(to + bytes).position(to);
      try {
        while (block.hasRemaining()) {
          if (channel.read(block) < 0) {
            throw damaged();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + run.file, e);
      }
    }

    private UserException damaged() {
      return new UserException(
          run.file + ": what was written there does not come back; look whether the disk is full or failing, and run the same command again");
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close " + run.file, e);
      }
    }
  }
}
