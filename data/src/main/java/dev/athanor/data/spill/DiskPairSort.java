package dev.athanor.data.spill;

import dev.athanor.base.AtomicFile;
import dev.athanor.data.flow.PairSort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Sorts pairs on this machine: as many as fit in memory are sorted there; when they do not fit, each memory full is a run on the
/// disk, and the runs are read as one, several at a time into longer ones where there are too many. The order depends on the pairs
/// alone. Disk: 16 bytes a pair, twice that for a moment while runs are joined.
public final class DiskPairSort implements PairSort {
  /// Pairs that a block of a run holds: 64 KiB, less where memory is short.
  private static final int BLOCK_PAIRS = 4096;
  private static final int LEAST_BLOCK_PAIRS = 16;
  private static final int FIRST_PAIRS = 1024;
  private static final long MOST_PAIRS = 1L << 28;

  private final Path folder;
  private final String name;
  private final int threads;
  private final int capacity;
  private final int blockPairs;
  private final int fanIn;
  private final List<SortedRun> runs = new ArrayList<>();
  private long[] keys;
  private long[] values;
  private int count;
  private int named;
  private boolean reading;

  /// @param name of its files in the folder; no other sort may have it there at the same time
  /// @param memory bytes that it may hold; it takes them as they are needed
  public DiskPairSort(Path folder, String name, long memory, int threads) {
    this.folder = folder;
    this.name = name;
    this.threads = threads;
    // A pair is held twice while a memory full is sorted.
    capacity = (int) Math.clamp(memory / (2 * SortedRun.PAIR), FIRST_PAIRS, MOST_PAIRS);
    blockPairs = Math.clamp(capacity / 16, LEAST_BLOCK_PAIRS, BLOCK_PAIRS);
    fanIn = Math.clamp(memory / ((long) blockPairs * SortedRun.PAIR), 8, 512);
    keys = new long[FIRST_PAIRS];
    values = new long[FIRST_PAIRS];
  }

  @Override
  public void add(long key, long value) {
    if (count == keys.length) {
      makeRoom();
    }
    keys[count] = key;
    values[count++] = value;
  }

  private void makeRoom() {
    if (reading) {
      throw new IllegalStateException(name + " is being read: nothing can be added");
    }
    if (count == capacity) {
      spill();
      return;
    }
    int larger = (int) Math.min(capacity, 2L * count);
    keys = Arrays.copyOf(keys, larger);
    values = Arrays.copyOf(values, larger);
  }

  private void spill() {
    RadixSort.sort(keys, values, count, threads);
    try (var writer = new SortedRun.Writer(nextFile(), blockPairs)) {
      for (int i = 0; i < count; i++) {
        writer.add(keys[i], values[i]);
      }
      runs.add(writer.finish());
    }
    count = 0;
  }

  private Path nextFile() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.failure(folder, e);
    }
    return folder.resolve(name + "-" + named++ + ".run");
  }

  @Override
  public void forEach(Reader reader) {
    if (!reading) {
      finish();
    }
    if (runs.isEmpty()) {
      for (int i = 0; i < count; i++) {
        reader.read(keys[i], values[i]);
      }
      return;
    }
    try (var merge = new Merge(runs, blockPairs)) {
      merge.forEach(reader);
    }
  }

  private void finish() {
    reading = true;
    if (runs.isEmpty()) {
      RadixSort.sort(keys, values, count, threads);
      keys = Arrays.copyOf(keys, count);
      return;
    }
    if (count > 0) {
      spill();
    }
    keys = new long[0];
    values = new long[0];
    while (runs.size() > fanIn) {
      join();
    }
  }

  /// The oldest runs become one; just as many that the last joining is a full one.
  private void join() {
    List<SortedRun> joined = new ArrayList<>(runs.subList(0, Math.min(fanIn, runs.size() - fanIn + 1)));
    try (var merge = new Merge(joined, blockPairs);
        var writer = new SortedRun.Writer(nextFile(), blockPairs)) {
      merge.forEach(writer::add);
      runs.add(writer.finish());
    }
    runs.removeAll(joined);
    joined.forEach(SortedRun::delete);
  }

  /// Removes the runs, those half written as well.
  @Override
  public void close() {
    reading = true;
    keys = new long[0];
    values = new long[0];
    count = 0;
    runs.clear();
    for (int i = 0; i < named; i++) {
      new SortedRun(folder.resolve(name + "-" + i + ".run"), 0).delete();
    }
  }
}
