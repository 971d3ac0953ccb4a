package dev.athanor.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The same work on many texts by several threads; the order is that of the texts. A thread that has finished takes the next ones, so that
/// long texts hold nobody up.
public final class InParallel {
  /// Texts that are taken at a time.
  private static final int TAKEN = 16;

  private InParallel() {}

  /// @throws RuntimeException what the work threw on a text, as it was thrown
  public static <T> List<T> map(List<String> texts, Function<String, T> work, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("there is at least 1 thread, not " + threads);
    }
    int workers = Math.min(threads, Math.ceilDiv(texts.size(), TAKEN));
    if (workers <= 1) {
      return texts.stream().map(work).toList();
    }
    @Nullable Object[] results = new Object[texts.size()];
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
      List<Future<?>> underWay = new ArrayList<>();
      for (int w = 0; w < workers; w++) {
        underWay.add(pool.submit(() -> take(texts, work, next, results)));
      }
      for (Future<?> one : underWay) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + workers + " threads were at work", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException refused ? refused : new IllegalStateException(e.getCause());
    }
    @SuppressWarnings("unchecked") // the work alone writes into it
    List<T> all = (List<T>) Arrays.asList(results);
    return all;
  }

  private static <T> void take(List<String> texts, Function<String, T> work, AtomicInteger next, @Nullable Object[] results) {
    for (int from = next.getAndAdd(TAKEN); from < texts.size(); from = next.getAndAdd(TAKEN)) {
      int to = Math.min(from + TAKEN, texts.size());
      for (int i = from; i < to; i++) {
        results[i] = work.apply(texts.get(i));
      }
    }
  }
}
