package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Room for numbers: on the heap, or in a file of which the system keeps in memory what it has room for. The file goes with
/// [#close], or with the process where the system allows that.
final class IntSpace implements AutoCloseable {
  private static final long SLAB = 64L << 20;

  private final @Nullable FileChannel file;
  private final Arena arena = Arena.ofShared();
  private final @Nullable Path path;
  private MemorySegment slab = MemorySegment.NULL;
  private long used;
  private long mapped;

  private IntSpace(@Nullable FileChannel file, @Nullable Path path) {
    this.file = file;
    this.path = path;
  }

  static IntSpace heap() {
    return new IntSpace(null, null);
  }

  /// @throws UserException where the folder takes no file
  static IntSpace file(Path folder) {
    try {
      Path path = Files.createTempFile(folder, "merges-", ".tmp");
      return new IntSpace(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE), path);
    } catch (IOException e) {
      throw new UserException("cannot write to " + folder + ": " + e.getMessage(), e);
    }
  }

  /// `size` ints, all 0.
  MemorySegment ints(long size) {
    return file == null ? MemorySegment.ofArray(new int[Math.toIntExact(size)]) : map(file, size * ValueLayout.JAVA_INT.byteSize());
  }

  /// `size` longs, all 0.
  MemorySegment longs(long size) {
    return file == null ? MemorySegment.ofArray(new long[Math.toIntExact(size)]) : map(file, size * ValueLayout.JAVA_LONG.byteSize());
  }

  private MemorySegment map(FileChannel to, long bytes) {
    long wanted = (bytes + 7) & -8;
    if (slab.byteSize() - used < wanted) {
      long size = Math.max(wanted, SLAB);
      try {
        slab = to.map(FileChannel.MapMode.READ_WRITE, mapped, size, arena);
      } catch (IOException e) {
        throw new UserException("the file for what does not fit into memory cannot grow: " + e.getMessage(), e);
      }
      mapped += size;
      used = 0;
    }
    MemorySegment part = slab.asSlice(used, bytes);
    used += wanted;
    return part;
  }

  @Override
  public void close() {
    arena.close();
    if (file != null && path != null) {
      try {
        file.close();
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
