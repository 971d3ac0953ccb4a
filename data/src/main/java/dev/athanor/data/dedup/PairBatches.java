package dev.athanor.data.dedup;

import dev.athanor.data.flow.PairSort;
import dev.athanor.data.spill.Workers;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reads sorted pairs and hands those of equal keys to workers together, many such groups at a time. As many batches wait as there
/// are threads, so reading never runs far ahead.
final class PairBatches implements PairSort.Reader, AutoCloseable {
  private static final int PAIRS = 1 << 15;

  private final ExecutorService pool;
  private final int threads;
  private final int ignoredBits;
  private final boolean parts;
  private final Work work;
  private final Queue<Future<?>> running = new ArrayDeque<>();
  private long[] keys = new long[PAIRS];
  private long[] values = new long[PAIRS];
  private int count;
  /// Where the last group begins.
  private int group;

  /// Looks at one group. Called by several threads at once, in no order.
  @FunctionalInterface
  interface Work {
    /// The group is `keys` and `values` from `from` to before `to`, in the order of the sort.
    void group(long[] keys, long[] values, int from, int to);
  }

  /// @param ignoredBits low bits of a key that do not part groups
  /// @param parts a large group may come in parts, each with the group's first pair in front, so that memory is bounded; else it
  ///     comes whole, 16 bytes a pair
  PairBatches(int threads, int ignoredBits, boolean parts, Work work) {
    this.threads = threads;
    this.ignoredBits = ignoredBits;
    this.parts = parts;
    this.work = work;
    pool = Executors.newFixedThreadPool(threads);
  }

  @Override
  public void read(long key, long value) {
    boolean begins = count == 0 || key >>> ignoredBits != keys[group] >>> ignoredBits;
    if (count >= PAIRS && (begins || parts)) {
      long firstKey = keys[group];
      long firstValue = values[group];
      submit();
      if (!begins) {
        keys[0] = firstKey;
        values[0] = firstValue;
        count = 1;
      }
      group = 0;
    } else if (begins) {
      group = count;
    }
    if (count == keys.length) {
      keys = Arrays.copyOf(keys, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    keys[count] = key;
    values[count++] = value;
  }

  private void submit() {
    long[] batchKeys = keys;
    long[] batchValues = values;
    int size = count;
    if (running.size() >= 2 * threads) {
      Workers.await(running.remove());
    }
    running.add(pool.submit(() -> groups(batchKeys, batchValues, size)));
    keys = new long[PAIRS];
    values = new long[PAIRS];
    count = 0;
  }

  private void groups(long[] batchKeys, long[] batchValues, int size) {
    for (int from = 0; from < size; ) {
      int to = from + 1;
      while (to < size && batchKeys[to] >>> ignoredBits == batchKeys[from] >>> ignoredBits) {
        to++;
      }
      if (to - from > 1) {
        work.group(batchKeys, batchValues, from, to);
      }
      from = to;
    }
  }

  /// Returns when all groups have been looked at; throws what a worker threw.
  void finish() {
    submit();
    while (!running.isEmpty()) {
      Workers.await(running.remove());
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
