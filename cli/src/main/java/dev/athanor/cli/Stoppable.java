package dev.athanor.cli;

import dev.athanor.base.Progress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Long work that Ctrl-C or a termination ends in good order: it is interrupted and given a minute to leave its files whole.
record Stoppable(Terminal terminal) {
  /// What is done.
  @FunctionalInterface
  interface Work {
    void run(Progress progress) throws InterruptedException;
  }

  /// @return the exit status
  int run(Work work) {
    Thread worker = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    AtomicBoolean stopping = new AtomicBoolean();
    Thread onCtrlC =
        new Thread(
            () -> {
              stopping.set(true);
              stop(worker, ended);
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(onCtrlC);
    try {
      work.run(terminal.progress());
      return 0;
    } catch (InterruptedException e) {
      terminal.err().println("interrupted: " + e.getMessage() + "; the same command goes on from here");
      return Athanor.INTERRUPTED;
    } catch (RuntimeException e) {
      if (!stopping.get()) {
        throw e;
      }
      // Files that were being read or written when the interruption came say so in their own ways.
      terminal.err().println("interrupted; the same command goes on from here");
      return Athanor.INTERRUPTED;
    } finally {
      ended.countDown();
      forget(onCtrlC);
    }
  }

  /// Gives the work the time to leave its files whole.
  private static void stop(Thread worker, CountDownLatch ended) {
    worker.interrupt();
    try {
      // Not a join: the worker ends by asking for the exit that is already under way, and never returns from there.
      if (!ended.await(60, TimeUnit.SECONDS)) {
        System.err.println("the work did not stop in a minute; it will go on from its last checkpoint");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is going down already: the hook itself brought us here.
      return;
    }
  }
}
