package dev.athanor.cli.bench;

import java.util.ArrayList;
import java.util.List;

/// How fast memory is read: threads that each add up their part of an array far larger than any cache.
public final class ReadBandwidth {
  private static final int LONGS = 32 << 20; // 256 MiB
  private static final int PASSES = 9;

  private final long[] array = new long[LONGS];

  /// @return bytes a second, the median of several passes after two that are not counted
  public static double measure(int threads) {
    ReadBandwidth memory = new ReadBandwidth();
    List<Double> all = new ArrayList<>();
    for (int pass = 0; pass < PASSES; pass++) {
      double start = System.nanoTime();
      memory.read(threads);
      double seconds = (System.nanoTime() - start) / 1e9;
      if (pass >= 2) {
        all.add(8.0 * LONGS / seconds);
      }
    }
    return Spread.of(all).median();
  }

  private void read(int threads) {
    List<Thread> others = new ArrayList<>();
    long[] sums = new long[threads];
    for (int t = 1; t < threads; t++) {
      int mine = t;
      others.add(Thread.ofPlatform().start(() -> sums[mine] = sum(part(mine, threads), part(mine + 1, threads))));
    }
    sums[0] = sum(0, part(1, threads));
    for (Thread thread : others) {
      join(thread);
    }
    for (long sum : sums) {
      if (sum != 0) {
        throw new AssertionError("an array of zeros adds up to zero");
      }
    }
  }

  private static int part(int index, int threads) {
    return (int) ((long) LONGS * index / threads);
  }

  private long sum(int from, int to) {
    long a = 0;
    for (int i = from; i < to; i++) {
      a += array[i];
    }
    return a;
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
