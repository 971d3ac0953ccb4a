package dev.athanor.data.spill;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// The same work on several threads until it is done, or until one of them fails.
public final class Workers {
  private Workers() {}

  /// Done by each thread; several do it side by side.
  @FunctionalInterface
  public interface Work {
    void run() throws InterruptedException;
  }

  /// Returns when every thread has returned. The first failure interrupts the others and is thrown as it was.
  public static void run(int threads, Work work) throws InterruptedException {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().name("data-", 0).daemon().factory())) {
      var ends = new ExecutorCompletionService<Void>(pool);
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            ends.submit(
                () -> {
                  work.run();
                  return null;
                }));
      }
      try {
        for (int i = 0; i < threads; i++) {
          ends.take().get();
        }
      } catch (ExecutionException e) {
        throw failure(e);
      } catch (InterruptedException e) {
        var told = new InterruptedException("stopped before all was done");
        told.initCause(e);
        throw told;
      } finally {
        all.forEach(future -> future.cancel(true));
      }
    }
  }

  /// Throws what a worker threw.
  private static IllegalStateException failure(ExecutionException e) throws InterruptedException {
    return switch (e.getCause()) {
      case RuntimeException failure -> throw failure;
      case Error failure -> throw failure;
      case InterruptedException interrupted -> throw interrupted;
      case null, default -> new IllegalStateException("a worker failed", e);
    };
  }

  /// Runs numbered tasks; which thread does which is left to chance. For work that is not worth stopping: interrupted, it fails.
  public static void each(int threads, int tasks, IntConsumer task) {
    int workers = Math.min(threads, tasks);
    if (workers <= 1) {
      for (int i = 0; i < tasks; i++) {
        task.accept(i);
      }
      return;
    }
    var next = new AtomicInteger();
    try {
      run(
          workers,
          () -> {
            for (int mine = next.getAndIncrement(); mine < tasks; mine = next.getAndIncrement()) {
              task.accept(mine);
            }
          });
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// Waits for a task and throws what it threw.
  public static void await(Future<?> task) {
    try {
      task.get();
    } catch (ExecutionException e) {
      try {
        throw failure(e);
      } catch (InterruptedException inside) {
        throw interrupted(inside);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for a worker", e);
  }
}
