package dev.athanor.inference;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The caller and a few fixed threads that run one piece of work together, each its share, meeting at barriers. They spin
/// for a moment between pieces, because the next one mostly follows at once, and park when it does not.
final class ThreadTeam implements AutoCloseable {
  /// Work that every member runs. A result must not depend on how it is shared out.
  @FunctionalInterface
  interface Work {
    void run(int thread, int threads);
  }

  private static final int SPINS = 20_000;
  private static final int SPINS_BEFORE_YIELD = 2_000;

  private final Thread[] workers;
  private final Room[] rooms;
  private final int size;
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile int meetings;
  private volatile int epoch;
  private volatile Work work = (thread, threads) -> {};
  private volatile boolean closed;
  private int runs;

  /// @param size members, the caller among them
  ThreadTeam(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a team needs at least one thread, not " + size);
    }
    this.size = size;
    this.workers = new Thread[size - 1];
    this.rooms = new Room[size];
    Arrays.setAll(rooms, _ -> new Room());
    for (int i = 0; i < workers.length; i++) {
      int thread = i + 1;
      workers[i] = Thread.ofPlatform().daemon().name("athanor-kernel-" + thread).unstarted(() -> serve(thread));
    }
  }

  /// Memory of a member's own.
  Room room(int thread) {
    return rooms[thread];
  }

  /// Starts the fixed threads.
  ThreadTeam started() {
    for (Thread worker : workers) {
      worker.start();
    }
    return this;
  }

  /// Runs the work on all members and returns when all have ended. One caller at a time.
  ///
  /// @throws RuntimeException or Error what the first member to fail failed with
  void run(Work newWork) {
    if (closed) {
      throw new IllegalStateException("the thread team is closed");
    }
    failure.set(null);
    arrived.set(0);
    finished.set(0);
    work = newWork;
    runs++;
    epoch = runs;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
    take(0);
    for (int spins = 0; finished.get() < size; spins++) {
      pause(spins);
    }
    switch (failure.get()) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
  }

  /// Waits until all members have come here; gives the work up when one of them has failed.
  void barrier() {
    int meeting = meetings;
    if (arrived.incrementAndGet() == size) {
      arrived.set(0);
      meetings = meeting + 1;
    }
    for (int spins = 0; meetings == meeting; spins++) {
      if (failure.get() != null) {
        throw new Abandoned();
      }
      pause(spins);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private void serve(int thread) {
    int seen = 0;
    while (!closed) {
      int now = epoch;
      if (now == seen) {
        await(seen);
      } else {
        seen = now;
        take(thread);
      }
    }
  }

  private void await(int seen) {
    for (int spins = 0; epoch == seen && !closed; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
  }

  private void take(int thread) {
    try {
      work.run(thread, size);
    } catch (Abandoned e) {
      // Another member's failure is what run() reports.
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    } finally {
      finished.incrementAndGet();
    }
  }

  /// Spins, and lets others have the core where it is shared.
  @SuppressWarnings("ThreadPriorityCheck") // a hint that costs nothing when the core is ours; nothing relies on it
  private static void pause(int spins) {
    if (spins < SPINS_BEFORE_YIELD) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  private static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super("another thread of the team failed", null, false, false);
    }
  }
}
