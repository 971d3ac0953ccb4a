package dev.athanor.data.shard;

import dev.athanor.base.AtomicFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/// The documents of each group, in order: a list in a mapped file, which is removed when it is closed.
final class GroupMembers implements AutoCloseable {
  private final Path file;
  private final Arena arena;
  private final MemorySegment documents;
  /// Of each group its first place in the list, and behind the last the number of documents.
  private final long[] first;

  private GroupMembers(Path file, Arena arena, MemorySegment documents, long[] first) {
    this.file = file;
    this.arena = arena;
    this.documents = documents;
    this.first = first;
  }

  /// Sorts the documents by group, by counting.
  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the list, whose close() ends it
  static GroupMembers list(TokenShards shards, Path file) {
    int groups = shards.index().groups().size();
    long[] first = new long[groups + 1];
    for (int g = 0; g < groups; g++) {
      first[g + 1] = first[g] + shards.index().groups().get(g).documents();
    }
    createFolder(file);
    Arena arena = Arena.ofShared();
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      fill(channel, shards.documents() * Long.BYTES);
      MemorySegment list = channel.map(FileChannel.MapMode.READ_WRITE, 0, shards.documents() * Long.BYTES, arena);
      long[] next = first.clone();
      for (long document = 0; document < shards.documents(); document++) {
        list.setAtIndex(ValueLayout.JAVA_LONG, next[shards.group(document)]++, document);
      }
      return new GroupMembers(file, arena, list, first);
    } catch (IOException e) {
      arena.close();
      remove(file);
      throw AtomicFile.failure(file, e);
    } catch (RuntimeException e) {
      arena.close();
      remove(file);
      throw e;
    }
  }

  /// Takes the room on the disk before it is mapped: a full disk is an error here, and the end of the process in a mapped page.
  private static void fill(FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
    for (long left = bytes; left > 0; left -= zeros.position()) {
      zeros.clear().limit((int) Math.min(left, zeros.capacity()));
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
    }
  }

  private static void createFolder(Path file) {
    try {
      Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder"));
    } catch (IOException e) {
      throw AtomicFile.failure(file, e);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw AtomicFile.failure(file, e);
    }
  }

  long count(int group) {
    return first[group + 1] - first[group];
  }

  /// A group's document by its number in the group.
  long document(int group, long number) {
    return documents.getAtIndex(ValueLayout.JAVA_LONG, first[group] + number);
  }

  @Override
  public void close() {
    arena.close();
    remove(file);
  }
}
