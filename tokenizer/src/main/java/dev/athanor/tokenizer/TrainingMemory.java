package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.nio.file.Path;

/// What training may hold of a corpus in memory, and where the rest goes: sorted runs of counted pieces while counting, mapped files while
/// merging. The tokenizer is the same.
///
/// @param bytes at least [#LEAST]
/// @param folder for files that are gone afterwards
public record TrainingMemory(long bytes, Path folder) {
  public static final long LEAST = 64L << 20;

  /// All of it.
  public static final TrainingMemory UNBOUNDED = new TrainingMemory(Long.MAX_VALUE, Path.of(""));

  public TrainingMemory {
    if (bytes < LEAST) {
      throw new UserException("training needs at least " + LEAST / (1 << 20) + " MiB for what it counts, not " + bytes + " bytes");
    }
  }

  /// For the words of so many bytes, with what is known of them.
  IntSpace space(long bytesOfWords) {
    // Slots, places, and places of pairs that come later: 4 bytes each; a start and a count for every few bytes.
    return bytes / 2 / 16 > bytesOfWords ? IntSpace.heap() : IntSpace.file(folder);
  }

  /// What the pieces that one of several threads has counted may take.
  long ofCounts(int threads) {
    return bytes / 2 / threads;
  }
}
