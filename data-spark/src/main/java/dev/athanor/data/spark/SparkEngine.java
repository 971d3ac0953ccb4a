package dev.athanor.data.spark;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.Engine;
import dev.athanor.data.engine.FoundShards;
import dev.athanor.data.engine.Pass;
import dev.athanor.data.engine.PassTask;
import dev.athanor.data.flow.Workspace;
import dev.athanor.data.spill.LocalWorkspace;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/// A data recipe's passes as Spark jobs. A task does parts of a pass with the very code of the local engine and writes the shards
/// itself, so the bytes are the same; where the run lives, all machines must see it under the same path. Decisions over the whole corpus
/// are the driver's.
public final class SparkEngine implements Engine {
  /// Of executors, which Spark gives those that it needs itself: as in `bin/jvm.options`, as far as steps need it.
  private static final String EXECUTOR_FLAGS =
      "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
          + " -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0 -XX:+UseCompactObjectHeaders -Dfile.encoding=UTF-8 -Djava.awt.headless=true";

  private static final String JAVA_OPTIONS = "spark.executor.extraJavaOptions";

  private final JavaSparkContext spark;
  private final @Nullable ExecutorJars jars;

  private SparkEngine(JavaSparkContext spark, @Nullable ExecutorJars jars) {
    this.spark = spark;
    this.jars = jars;
  }

  /// Starts a Spark application, or joins the one that `spark-submit` has prepared.
  ///
  /// @throws UserException when there is no such cluster, or Spark refuses its settings
  public static SparkEngine start(String name, DataRecipe.Spark settings) {
    var conf = new SparkConf().setAppName("athanor " + name);
    // What spark-submit says goes before the recipe.
    conf.setIfMissing("spark.master", settings.master());
    settings.conf().forEach(conf::setIfMissing);
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.log.level", "WARN");
    conf.set(JAVA_OPTIONS, (EXECUTOR_FLAGS + " " + conf.get(JAVA_OPTIONS, "")).strip());
    String master = conf.get("spark.master");
    Masters.check(master);
    boolean sends = !master.matches("local(\\[.*])?") && !conf.contains("spark.jars");
    ExecutorJars jars = sends ? new ExecutorJars() : null;
    try {
      if (jars != null) {
        conf.set("spark.jars", jars.joined());
      }
      return new SparkEngine(context(conf), jars);
    } catch (RuntimeException e) {
      close(jars);
      throw e;
    }
  }

  private static void close(@Nullable ExecutorJars jars) {
    if (jars != null) {
      jars.close();
    }
  }

  private static JavaSparkContext context(SparkConf conf) {
    try {
      return new JavaSparkContext(conf);
    } catch (Exception e) {
      // Scala throws checked exceptions without saying so.
      if (e instanceof SparkException || e instanceof IllegalArgumentException) {
        throw new UserException("Spark does not start with master " + conf.get("spark.master") + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }

  @Override
  public void run(PassTask task, DataRecipe recipe, Progress progress) throws InterruptedException {
    try (var shown = FoundShards.watch(task, progress)) {
      if (task.input() == null) {
        new PassJob<Pass.InputPartition>(spark, task, Pass::readPartition).run(Pass.inputPartitions(task));
      } else {
        new PassJob<Pass.InputShard>(spark, task, Pass::runShard).run(Pass.inputShards(task));
      }
      shown.lookOnce();
    }
  }

  /// The driver's own disk and cores. Deciding reads every signature in order on one machine whoever sorts, and a sort by Spark of what
  /// the driver writes and reads back anyway took 40 times as long as the driver's own.
  @Override
  public Workspace workspace(Path folder, DataRecipe recipe, Progress progress) {
    return new LocalWorkspace(folder.toAbsolutePath(), recipe.limits().memoryBytes(), recipe.limits().threadCount(), progress);
  }

  @Override
  public void close() {
    spark.close();
    close(jars);
  }
}
