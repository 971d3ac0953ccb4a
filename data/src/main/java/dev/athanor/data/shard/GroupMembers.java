package dev.athanor.data.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
    Arena arena = Arena.ofShared();
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment list = channel.map(FileChannel.MapMode.READ_WRITE, 0, shards.documents() * Long.BYTES, arena);
      long[] next = first.clone();
      for (long document = 0; document < shards.documents(); document++) {
        list.setAtIndex(ValueLayout.JAVA_LONG, next[shards.group(document)]++, document);
      }
      return new GroupMembers(file, arena, list, first);
    } catch (IOException e) {
      arena.close();
      throw new UncheckedIOException("cannot write " + file, e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
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
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file, e);
    }
  }
}
