package dev.athanor.data.spark;

import dev.athanor.base.UserException;
import dev.athanor.data.engine.Pass;
import dev.athanor.data.engine.PassTask;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.CollectionAccumulator;

/// The parts of a pass, done by the tasks of a Spark job. What a user can mend is told as it would be told here: a task that comes upon
/// it says so and ends, since to try it three times more, as Spark does with what is thrown, would help nobody.
///
/// @param <T> a part: of the sources or of the pass before
final class PassJob<T> {
  /// Each takes some milliseconds of the driver's time; what is done is lost with a machine in parts of this size.
  private static final int MOST_TASKS = 10_000;
  private static final long LOOK_MILLIS = 200;

  private final JavaSparkContext spark;
  private final PassTask task;
  private final Work<T> work;

  /// Does one part. Travels to the executors.
  @FunctionalInterface
  interface Work<T> extends Serializable {
    void apply(Pass pass, T part) throws InterruptedException;
  }

  PassJob(JavaSparkContext spark, PassTask task, Work<T> work) {
    this.spark = spark;
    this.task = task;
    this.work = work;
  }

  /// @throws UserException as a task met it
  void run(List<T> parts) throws InterruptedException {
    CollectionAccumulator<String> mistakes = spark.sc().collectionAccumulator("mistakes");
    JavaFutureAction<Void> job = start(parts, mistakes);
    boolean ended = false;
    while (!ended) {
      ended = endedSoon(job);
      List<String> told = mistakes.value();
      if (!told.isEmpty()) {
        job.cancel(true);
        throw new UserException(told.getFirst());
      }
    }
  }

  private JavaFutureAction<Void> start(List<T> parts, CollectionAccumulator<String> mistakes) {
    PassTask ours = task;
    Work<T> same = work;
    return spark
        .parallelize(parts, Math.clamp(parts.size(), 1, MOST_TASKS))
        .foreachPartitionAsync(mine -> work(ours, mine, same, mistakes));
  }

  /// On an executor.
  private static <T> void work(PassTask task, Iterator<T> parts, Work<T> work, CollectionAccumulator<String> mistakes)
      throws InterruptedException {
    try {
      Pass pass = OpenPass.of(task);
      while (parts.hasNext()) {
        work.apply(pass, parts.next());
      }
    } catch (UserException e) {
      SparkEnv here = SparkEnv.get();
      boolean driver = here.executorId().equals("driver");
      mistakes.add(e.getMessage() + (driver ? "" : " (said by the executor on " + here.blockManager().blockManagerId().host() + ")"));
    }
  }

  private boolean endedSoon(JavaFutureAction<Void> job) throws InterruptedException {
    try {
      job.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      job.cancel(true);
      var told = new InterruptedException("stopped in pass " + task.segment());
      told.initCause(e);
      throw told;
    }
  }

  /// What a worker threw, where that is known; else what Spark says of it.
  private static RuntimeException failure(ExecutionException failed) {
    String said = String.valueOf(failed.getMessage());
    for (Throwable cause = failed.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof RuntimeException thrown) {
        return thrown;
      }
      if (cause instanceof SparkException) {
        said = String.valueOf(cause.getMessage());
      }
    }
    return new UserException("Spark gave up: " + said.lines().findFirst().orElse(said), failed);
  }
}
