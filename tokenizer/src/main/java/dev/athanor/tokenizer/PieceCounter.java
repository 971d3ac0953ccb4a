package dev.athanor.tokenizer;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
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

  /// All of it in memory.
  PieceCounts count(Iterator<String> texts, Progress.Task progress) {
    Queue<PieceCounts> idle = countAll(texts, Long.MAX_VALUE, Optional.empty(), progress);
    PieceCounts all = idle.remove();
    for (PieceCounts next = idle.poll(); next != null; next = idle.poll()) {
      all.addAll(next);
    }
    return all;
  }

  /// What does not fit into memory goes to the runs; then all of it does.
  ///
  /// @return the runs, or what was counted where nothing had to go there
  CountedPieces count(Iterator<String> texts, TrainingMemory memory, PieceRuns runs, Progress.Task progress) {
    Queue<PieceCounts> idle = countAll(texts, memory.ofCounts(threads), Optional.of(runs), progress);
    PieceCounts all = idle.remove();
    for (PieceCounts next = idle.poll(); next != null; next = idle.poll()) {
      if (!runs.isEmpty() || all.bytes() + next.bytes() > memory.ofCounts(1)) {
        runs.add(next);
      } else {
        all.addAll(next);
      }
    }
    if (runs.isEmpty()) {
      return all;
    }
    runs.add(all);
    return runs;
  }

  private Queue<PieceCounts> countAll(Iterator<String> texts, long most, Optional<PieceRuns> runs, Progress.Task progress) {
    Queue<PieceCounts> idle = new ConcurrentLinkedQueue<>();
    idle.add(new PieceCounts());
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      ArrayDeque<Future<Long>> underWay = new ArrayDeque<>();
      while (texts.hasNext()) {
        List<String> batch = nextBatch(texts);
        underWay.add(workers.submit(() -> countBatch(batch, idle, most, runs)));
        // Waiting bounds what is held in memory when the stream is faster than the counting.
        if (underWay.size() > threads * 2) {
          progress.advance(result(underWay.remove()));
        }
      }
      while (!underWay.isEmpty()) {
        progress.advance(result(underWay.remove()));
      }
    }
    return idle;
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

  private long countBatch(List<String> batch, Queue<PieceCounts> idle, long most, Optional<PieceRuns> runs) {
    PieceCounts free = idle.poll();
    PieceCounts counts = free == null ? new PieceCounts() : free;
    long chars = 0;
    for (String text : batch) {
      cutter.split(text, counts);
      chars += text.length();
    }
    if (counts.bytes() > most && runs.isPresent()) {
      runs.get().add(counts);
      counts.clear();
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
      throw e.getCause() instanceof UserException refused ? refused : new IllegalStateException("counting pieces failed", e.getCause());
    }
  }
}
