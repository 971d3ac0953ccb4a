package dev.athanor.data.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The same work on several threads until it is done, or until one of them fails.
final class Workers {
  private Workers() {}

  /// Done by each thread; several do it side by side.
  @FunctionalInterface
  interface Work {
    void run() throws InterruptedException;
  }

  /// Returns when every thread has returned. The first failure interrupts the others and is thrown.
  static void run(int threads, Work work) throws InterruptedException {
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
        switch (e.getCause()) {
          case RuntimeException failure -> throw failure;
          case Error failure -> throw failure;
          case InterruptedException interrupted -> throw interrupted;
          case null, default -> throw new IllegalStateException(e.getCause());
        }
      } catch (InterruptedException e) {
        var told = new InterruptedException("stopped before all shards were done");
        told.initCause(e);
        throw told;
      } finally {
        all.forEach(future -> future.cancel(true));
      }
    }
  }
}
