package dev.athanor.data.spark;

import dev.athanor.base.Progress;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.Engine;
import dev.athanor.data.engine.FoundShards;
import dev.athanor.data.engine.Pass;
import dev.athanor.data.engine.PassTask;
import dev.athanor.data.flow.Workspace;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/// A data recipe's passes as Spark jobs. A task does a part of a pass with the very code of the local engine and writes the shards
/// itself, so the bytes are the same; where the run lives, all machines must see it under the same path. Sorting for decisions over the
/// whole corpus is Spark's, deciding is the driver's.
public final class SparkEngine implements Engine {
  /// So that a slow part does not leave the other cores waiting for long.
  private static final int TASKS_A_CORE = 4;

  private final JavaSparkContext spark;

  private SparkEngine(JavaSparkContext spark) {
    this.spark = spark;
  }

  /// Starts a Spark application, or joins the one that `spark-submit` has prepared.
  public static SparkEngine start(String name, DataRecipe.Spark settings) {
    var conf = new SparkConf().setAppName("athanor " + name);
    // What spark-submit says goes before the recipe.
    conf.setIfMissing("spark.master", settings.master());
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.log.level", "WARN");
    settings.conf().forEach(conf::setIfMissing);
    if (!conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.jars", ownJars());
    }
    return new SparkEngine(new JavaSparkContext(conf));
  }

  /// Our jars and those we need, without Spark's own and what comes with it, which executors have.
  private static String ownJars() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(path -> path.endsWith(".jar") && !path.contains("/org/apache/spark/") && !path.contains("/org/apache/hadoop/") && !path.contains("/org/scala-lang/"))
        .collect(Collectors.joining(","));
  }

  @Override
  public void run(PassTask task, DataRecipe recipe, Progress progress) throws InterruptedException {
    int tasks = spark.defaultParallelism() * TASKS_A_CORE;
    try (var shown = FoundShards.watch(task, progress)) {
      if (task.input() == null) {
        List<Integer> partitions = IntStream.range(0, Pass.partitionCount(task)).boxed().toList();
        spark
            .parallelize(partitions, Math.clamp(partitions.size(), 1, tasks))
            .foreachPartition(
                numbers -> {
                  Pass pass = Pass.open(task);
                  while (numbers.hasNext()) {
                    pass.readPartition(numbers.next());
                  }
                });
      } else {
        List<Pass.InputShard> shards = Pass.inputShards(task);
        spark
            .parallelize(shards, Math.clamp(shards.size(), 1, tasks))
            .foreachPartition(
                mine -> {
                  Pass pass = Pass.open(task);
                  mine.forEachRemaining(pass::runShard);
                });
      }
      shown.lookOnce();
    }
  }

  @Override
  public Workspace workspace(Path folder, DataRecipe recipe, Progress progress) {
    return new SparkWorkspace(spark, folder.toAbsolutePath(), recipe.limits().memoryBytes(), recipe.limits().threadCount(), progress);
  }

  @Override
  public void close() {
    spark.close();
  }
}
