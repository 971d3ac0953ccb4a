package dev.athanor.serve;

import dev.athanor.inference.Generator.Generation;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The door: who may come in, who is inside, and, at shutdown, waiting until all have left. Without caps a queue only hides
/// an overload until memory ends; so one request or one long prompt too many is turned away at once. Thread-safe.
final class Admission {
  /// How long cancelled requests get to end their streams.
  private static final Duration AFTER_CANCEL = Duration.ofSeconds(5);

  private final int maxRequests;
  private final int maxQueuedPromptTokens;
  /// Everyone who has not left: those who generate and those whose last bytes are still on their way.
  private final Set<Ticket> inside = new HashSet<>();
  private int generating;
  private long queuedPromptTokens;
  private boolean draining;

  Admission(int maxRequests, int maxQueuedPromptTokens) {
    this.maxRequests = maxRequests;
    this.maxQueuedPromptTokens = maxQueuedPromptTokens;
  }

  /// @throws ApiException 503 while draining, 429 when full
  synchronized Ticket admit(int promptTokens) {
    if (draining) {
      throw ApiException.unavailable();
    }
    if (generating >= maxRequests) {
      throw ApiException.overloaded(
          generating + " requests are under way, as many as this server takes at once; try again soon");
    }
    if (queuedPromptTokens > 0 && queuedPromptTokens + promptTokens > maxQueuedPromptTokens) {
      throw ApiException.overloaded(
          queuedPromptTokens + " prompt tokens are waiting already; try again soon");
    }
    Ticket ticket = new Ticket(promptTokens);
    inside.add(ticket);
    generating++;
    queuedPromptTokens += promptTokens;
    return ticket;
  }

  synchronized boolean draining() {
    return draining;
  }

  /// Takes nobody in any more and returns when all have left; those who are still inside after `cap` are cancelled.
  void drain(Duration cap) {
    synchronized (this) {
      draining = true;
    }
    if (!awaitEmpty(cap)) {
      stillInside().forEach(Ticket::cancel);
      awaitEmpty(AFTER_CANCEL);
    }
  }

  private synchronized List<Ticket> stillInside() {
    return List.copyOf(inside);
  }

  private synchronized boolean awaitEmpty(Duration cap) {
    long deadline = System.nanoTime() + cap.toNanos();
    while (!inside.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  /// A request inside.
  final class Ticket {
    private int waitingPromptTokens;
    private boolean cancelled;
    private boolean generated;
    private boolean answered;
    private @Nullable Generation generation;

    private Ticket(int promptTokens) {
      this.waitingPromptTokens = promptTokens;
    }

    /// What `cancel` stops from now on; stopped at once when the client has already gone.
    void attach(Generation started) {
      boolean tooLate;
      synchronized (Admission.this) {
        generation = started;
        tooLate = cancelled && !generated;
      }
      if (tooLate) {
        started.cancel();
      }
    }

    /// The prompt waits no more.
    void firstToken() {
      synchronized (Admission.this) {
        queuedPromptTokens -= waitingPromptTokens;
        waitingPromptTokens = 0;
      }
    }

    /// Stops the generation; without effect when it is over.
    void cancel() {
      Generation toStop;
      synchronized (Admission.this) {
        if (cancelled || generated) {
          return;
        }
        cancelled = true;
        toStop = generation;
      }
      if (toStop != null) {
        toStop.cancel();
      }
    }

    /// The generation is over: its place is free.
    void generated() {
      synchronized (Admission.this) {
        firstToken();
        if (!generated) {
          generated = true;
          generating--;
        }
        leaveWhenDone();
      }
    }

    /// The response is over: sent to its last byte, or the client is gone and its generation with it.
    void answered() {
      cancel();
      synchronized (Admission.this) {
        answered = true;
        leaveWhenDone();
      }
    }

    private void leaveWhenDone() {
      if (generated && answered) {
        inside.remove(this);
        Admission.this.notifyAll();
      }
    }
  }
}
