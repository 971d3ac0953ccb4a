package dev.athanor.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// A file, mapped to memory, for the pages of sequences that had to give theirs back: reading them again costs less than computing them
/// again. It grows as it is used, up to a bound, and is gone with the process.
///
/// Belongs to one thread at a time.
final class KvSpill implements AutoCloseable {
  /// No place.
  static final int NONE = -1;

  private static final long CHUNK_BYTES = 16L << 20;
  private static final System.Logger LOG = System.getLogger(KvSpill.class.getName());

  private final KvStore store;
  private final FileChannel file;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> chunks = new ArrayList<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final int chunkPages;
  private final int capacity;
  private int used;
  private int held;
  private boolean full;

  /// @param folder where the file is made
  /// @param bytes that it takes at most
  /// @throws UncheckedIOException when there can be no file
  KvSpill(KvStore store, Path folder, long bytes) {
    this.store = store;
    long page = Math.max(1, store.pageBytes());
    capacity = (int) Math.min(Integer.MAX_VALUE - 8, bytes / page);
    chunkPages = (int) Math.max(1, CHUNK_BYTES / page);
    try {
      Path path = Files.createTempFile(folder, "athanor-kv-", ".spill");
      file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Pages that it holds.
  int held() {
    return held;
  }

  /// Writes a page and says where it is; NONE when there is no room.
  int write(int page) {
    if (free.isEmpty() && (used == capacity || full || !grown())) {
      return NONE;
    }
    int place = free.isEmpty() ? used++ : free.pop();
    store.write(page, chunks.get(place / chunkPages), at(place));
    held++;
    return place;
  }

  void read(int place, int page) {
    store.read(chunks.get(place / chunkPages), at(place), page);
  }

  void give(int place) {
    free.push(place);
    held--;
  }

  private long at(int place) {
    return place % chunkPages * store.pageBytes();
  }

  /// Whether there is a place behind those used. The disk's room is taken before it is mapped, since a mapped page that finds none ends
  /// the program.
  private boolean grown() {
    if (used < chunks.size() * chunkPages) {
      return true;
    }
    long bytes = chunkPages * store.pageBytes();
    long from = chunks.size() * bytes;
    try {
      ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
      for (long done = 0; done < bytes; ) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - done));
        done += file.write(zeros, from + done);
      }
      chunks.add(file.map(FileChannel.MapMode.READ_WRITE, from, bytes, arena));
      return true;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "no room on disk for more keys and values; they will be computed again", e);
      full = true;
      return false;
    }
  }

  @Override
  public void close() {
    arena.close();
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
