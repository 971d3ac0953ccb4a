package dev.athanor.tokenizer;

import dev.athanor.base.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Counts the pieces of a stream of texts on several threads. The caller's thread alone reads the stream; sums do not depend
/// on who counted what.
record PieceCounter(TextCutter cutter, int threads) {
  private static final int BATCH_CHARS = 1 << 20;

  PieceCounts count(Iterator<String> texts, Progress.Task progress) {
    Queue<PieceCounts> idle = new ConcurrentLinkedQueue<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      ArrayDeque<Future<Long>> underWay = new ArrayDeque<>();
      while (texts.hasNext()) {
        List<String> batch = nextBatch(texts);
        underWay.add(workers.submit(() -> countBatch(batch, idle)));
        // Waiting bounds what is held in memory when the stream is faster than the counting.
        if (underWay.size() > threads * 2) {
          progress.advance(result(underWay.remove()));
        }
      }
      while (!underWay.isEmpty()) {
        progress.advance(result(underWay.remove()));
      }
    }
    PieceCounts all = new PieceCounts();
    idle.forEach(all::addAll);
    return all;
  }

  private static List<String> nextBatch(Iterator<String> texts) {
    List<String> batch = new ArrayList<>();
    for (int chars = 0; chars < BATCH_CHARS && texts.hasNext(); ) {
      String text = texts.next();
      batch.add(text);
      chars += text.length();
    }
    return batch;
  }

  private long countBatch(List<String> batch, Queue<PieceCounts> idle) {
    PieceCounts free = idle.poll();
    PieceCounts counts = free == null ? new PieceCounts() : free;
    long chars = 0;
    for (String text : batch) {
      cutter.split(text, counts);
      chars += text.length();
    }
    idle.add(counts);
    return chars;
  }

  private static long result(Future<Long> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while counting pieces", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("counting pieces failed", e.getCause());
    }
  }
}
