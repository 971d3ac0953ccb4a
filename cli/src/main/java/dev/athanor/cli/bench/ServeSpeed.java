package dev.athanor.cli.bench;

import dev.athanor.base.Progress;
import dev.athanor.inference.EngineStatistics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Loads a target as clients would, and notes what they see.
public final class ServeSpeed {
  private static final int WARM_UP = 4;
  private static final long LOOK_MILLIS = 50;

  private final Target target;
  private final Workload workload;
  private final Progress progress;
  private final Stopped stopped;
  private long asked;

  public ServeSpeed(Target target, Workload workload, Progress progress, Stopped stopped) {
    this.target = target;
    this.workload = workload;
    this.progress = progress;
    this.stopped = stopped;
  }

  /// A row for each load; fewer when the user stops.
  ///
  /// @param requests of each load; 0: three rounds of it, 16 at least
  public List<Served> run(List<Load> loads, int requests) throws InterruptedException {
    drive(new Load.Concurrency(2), WARM_UP, "warm up");
    List<Served> rows = new ArrayList<>();
    for (Load load : loads) {
      if (!stopped.yet()) {
        Served row = drive(load, requests > 0 ? requests : (int) Math.max(16, Math.ceil(3 * load.amount())), load.label());
        if (row.requests() + row.failed() > 0) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private Served drive(Load load, int requests, String label) throws InterruptedException {
    EngineStatistics before = target.statistics().orElse(null);
    List<Served.Request> all = Collections.synchronizedList(new ArrayList<>());
    Semaphore ended = new Semaphore(0);
    double start = System.nanoTime();
    try (Progress.Task task = progress.start(label, requests, "requests")) {
      Random random = new Random(workload.seed());
      double next = 0;
      int done = 0;
      for (int i = 0; i < requests && !stopped.yet(); i++) {
        switch (load) {
          case Load.Concurrency(int most) -> {
            while (i - done >= most && !stopped.yet()) {
              done += taken(ended, task);
            }
          }
          case Load.Rate(double perSecond) -> {
            next -= Math.log(1 - random.nextDouble()) / perSecond;
            double wait = next - (System.nanoTime() - start) / 1e9;
            TimeUnit.NANOSECONDS.sleep((long) (Math.max(0, wait) * 1e9));
          }
        }
        if (!stopped.yet()) {
          ask(all, ended);
        }
      }
      while (done < all.size() && !stopped.yet()) {
        done += taken(ended, task);
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return Served.of(load, List.copyOf(all), seconds, work(before, List.copyOf(all)));
  }

  /// @return how many have ended since, after waiting a while for one
  private static int taken(Semaphore ended, Progress.Task task) throws InterruptedException {
    boolean one = ended.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    task.advance(one ? 1 : 0);
    return one ? 1 : 0;
  }

  private void ask(List<Served.Request> all, Semaphore ended) {
    long index = asked++;
    int[] prompt = workload.prompt(index, target.vocabSize());
    Served.Request request = new Served.Request(prompt.length, ended::release);
    all.add(request);
    try {
      target.ask(prompt, workload.tokens(index), request);
    } catch (RuntimeException e) {
      request.ended(-1, String.valueOf(e.getMessage()));
    }
  }

  private Served.@Nullable EngineWork work(@Nullable EngineStatistics before, List<Served.Request> all) {
    Optional<EngineStatistics> after = target.statistics();
    if (before == null || after.isEmpty()) {
      return null;
    }
    long reused = after.get().reusedTokens() - before.reusedTokens();
    return new Served.EngineWork(
        reused,
        (double) reused / Math.max(1, (long) all.size() * workload.prompt()),
        after.get().preemptions() - before.preemptions(),
        after.get().draftedTokens() - before.draftedTokens(),
        after.get().acceptedTokens() - before.acceptedTokens());
  }
}
