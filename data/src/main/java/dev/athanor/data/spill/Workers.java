package dev.athanor.data.spill;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// Runs numbered tasks on a given number of threads.
public final class Workers {
  private Workers() {}

  /// Returns when all are done; which thread does which is left to chance. The first failure is thrown as it was.
  public static void each(int threads, int tasks, IntConsumer task) {
    int workers = Math.min(threads, tasks);
    if (workers <= 1) {
      for (int i = 0; i < tasks; i++) {
        task.accept(i);
      }
      return;
    }
    var next = new AtomicInteger();
    try (var pool = Executors.newFixedThreadPool(workers)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        running.add(
            pool.submit(
                () -> {
                  for (int mine = next.getAndIncrement(); mine < tasks; mine = next.getAndIncrement()) {
                    task.accept(mine);
                  }
                }));
      }
      running.forEach(Workers::await);
    }
  }

  /// Waits for a task and throws what it threw.
  public static void await(Future<?> task) {
    try {
      task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException("a worker failed", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a worker", e);
    }
  }
}
