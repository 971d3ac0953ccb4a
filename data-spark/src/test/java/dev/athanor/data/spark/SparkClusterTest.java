package dev.athanor.data.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.DataReport;
import dev.athanor.data.engine.DataRun;
import dev.athanor.data.engine.LocalEngine;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a cluster of this machine: a master and two workers in this process, each executor a process of its own that has Spark's jars and
/// is sent ours.
class SparkClusterTest {
  @TempDir Path folder;

  /// What a Spark distribution is to a worker: a folder `jars`. Of the class path, what executors are not sent.
  private Path sparkHome() throws IOException {
    Path home = folder.resolve("spark");
    Path jars = Files.createDirectories(home.resolve("jars"));
    try (var ours = new ExecutorJars()) {
      List<String> sent = List.of(ours.joined().split(",", -1));
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        Path jar = Path.of(entry).toAbsolutePath();
        if (Files.isRegularFile(jar) && !sent.contains(jar.toString()) && !Files.exists(jars.resolve(jar.getFileName()))) {
          Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
        }
      }
    }
    return home;
  }

  /// Before JUnit removes the folder and warns of each.
  @AfterEach
  void removeLinks() throws IOException {
    try (Stream<Path> links = Files.list(folder.resolve("spark/jars"))) {
      for (Path link : links.toList()) {
        Files.delete(link);
      }
    }
  }

  private SparkEngine start() throws IOException {
    Map<String, String> conf =
        Map.of(
            "spark.driver.host", "127.0.0.1",
            "spark.driver.bindAddress", "127.0.0.1",
            "spark.executor.memory", "512m",
            // A distribution's scripts set it.
            "spark.executorEnv.SPARK_SCALA_VERSION", "2.13");
    // This is how a worker that lives in a test's process is told where Spark is.
    System.setProperty("spark.testing", "true");
    System.setProperty("spark.test.home", sparkHome().toString());
    try {
      return SparkEngine.start("test", new DataRecipe.Spark("local-cluster[2,1,512]", conf));
    } finally {
      System.clearProperty("spark.testing");
      System.clearProperty("spark.test.home");
    }
  }

  /// Kills an executor as soon as some shard is there.
  private static void killOne(Path work) {
    try {
      while (!anyShard(work)) {
        Thread.sleep(20);
      }
      ProcessHandle.current().children().findFirst().orElseThrow().destroyForcibly();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean anyShard(Path work) throws IOException {
    try (Stream<Path> files = Files.find(work, 2, (path, _) -> path.getFileName().toString().matches("\\d{7}-\\d{6}\\.json"))) {
      return files.findAny().isPresent();
    }
  }

  @Test
  void run_oneExecutorIsKilled_writesTheSameBytesAsHere() throws Exception {
    DataRecipe recipe = Corpus.write(folder, "[{exact: {}}, {privacy: {}}]");
    Path there = folder.resolve("there");
    Files.createDirectories(there.resolve("work"));
    DataReport here = new DataRun(recipe, folder, folder.resolve("here"), new LocalEngine(), "test").run(Progress.silent());
    try (SparkEngine engine = start()) {
      CompletableFuture<Void> killed = CompletableFuture.runAsync(() -> killOne(there.resolve("work")));
      DataReport report = new DataRun(recipe, folder, there, engine, "test").run(Progress.silent());
      assertThat(killed).isCompleted();
      assertThat(report.steps()).isEqualTo(here.steps());
    }
    assertThat(Corpus.published(there)).isEqualTo(Corpus.published(folder.resolve("here"))).hasSizeGreaterThan(6);
  }
}
