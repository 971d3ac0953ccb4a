package dev.athanor.tokenizer.unigram;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Ranges of an index, taken by whichever worker is free. What workers add up must not depend on who took what: integers.
record Parallel(ExecutorService executor, int threads) {
  private static final int RANGE = 1 << 11;

  /// Works on `from` ≤ i < `to`.
  @FunctionalInterface
  interface Worker {
    void range(int from, int to);
  }

  /// @param worker makes one for each thread
  /// @return the workers
  <W extends Worker> List<W> each(int size, Supplier<W> worker) {
    AtomicInteger next = new AtomicInteger();
    List<W> workers = new ArrayList<>();
    List<Future<?>> futures = new ArrayList<>();
    for (int t = 0; t < Math.min(threads, (size + RANGE - 1) / RANGE); t++) {
      W one = worker.get();
      workers.add(one);
      futures.add(
          executor.submit(
              () -> {
                for (int from = next.getAndAdd(RANGE); from < size; from = next.getAndAdd(RANGE)) {
                  one.range(from, Math.min(size, from + RANGE));
                }
              }));
    }
    for (Future<?> future : futures) {
      join(future);
    }
    return workers;
  }

  private static void join(Future<?> future) {
    try {
      future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while learning pieces", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("learning pieces failed", e.getCause());
    }
  }
}
