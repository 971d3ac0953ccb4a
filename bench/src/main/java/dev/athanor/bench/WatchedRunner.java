package dev.athanor.bench;

import com.sun.management.ThreadMXBean;
import dev.athanor.inference.KvMemory;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Runner;
import dev.athanor.inference.Slice;
import dev.athanor.model.DecoderSpec;
import java.lang.management.ManagementFactory;
import java.util.List;

/// A runner that notes, on the thread that calls it, how long passes take and how much they allocate, and the same of what lies between
/// them: the engine's own work.
final class WatchedRunner implements Runner {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// What was noted since the last reset.
  ///
  /// @param passes that ended
  /// @param betweenNanos from the end of a pass to the begin of the next
  record Noted(long passes, long passNanos, long betweenNanos, long passBytes, long betweenBytes) {
    /// The engine's own share of the time.
    double share() {
      return (double) betweenNanos / (passNanos + betweenNanos);
    }
  }

  private final Runner runner;
  private long passes;
  private long passNanos;
  private long betweenNanos;
  private long passBytes;
  private long betweenBytes;
  private long lastEnd;
  private long lastBytes;

  WatchedRunner(Runner runner) {
    this.runner = runner;
  }

  @Override
  public DecoderSpec spec() {
    return runner.spec();
  }

  @Override
  public KvMemory memory() {
    return runner.memory();
  }

  @Override
  public synchronized Logits forward(List<Slice> slices) {
    long bytes = allocated();
    long start = System.nanoTime();
    if (lastEnd > 0) {
      betweenNanos += start - lastEnd;
      betweenBytes += bytes - lastBytes;
    }
    Logits logits = runner.forward(slices);
    lastEnd = System.nanoTime();
    lastBytes = allocated();
    passes++;
    passNanos += lastEnd - start;
    passBytes += lastBytes - bytes;
    return logits;
  }

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  /// What was noted; noting begins anew with the next pass.
  synchronized Noted reset() {
    Noted noted = new Noted(passes, passNanos, betweenNanos, passBytes, betweenBytes);
    passes = 0;
    passNanos = 0;
    betweenNanos = 0;
    passBytes = 0;
    betweenBytes = 0;
    lastEnd = 0;
    return noted;
  }

  @Override
  public void close() {
    runner.close();
  }
}
