package dev.athanor.data.spark;

import dev.athanor.base.Progress;
import dev.athanor.data.flow.PairSort;
import dev.athanor.data.flow.Workspace;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;

/// What a decision may use where Spark sorts.
record SparkWorkspace(JavaSparkContext spark, Path folder, long memory, int threads, Progress progress) implements Workspace {
  @Override
  public PairSort pairSort(String name) {
    return new SparkPairSort(spark, folder.resolve(name + ".pairs"));
  }
}
