package dev.athanor.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.DataReport;
import dev.athanor.data.engine.DataRun;
import dev.athanor.data.engine.EngineProvider;
import dev.athanor.data.engine.LocalEngine;
import dev.athanor.data.engine.Pass;
import dev.athanor.data.engine.PassTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkEngineTest {
  private static SparkEngine engine;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    engine = SparkEngine.start("test", new DataRecipe.Spark("local[2]", Map.of()));
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  private PassTask firstPass(DataRecipe recipe, Path output) {
    return new PassTask(Recipes.toYaml(recipe), folder.toString(), 1, output.toString(), null, null);
  }

  @Test
  void run_sameRecipeHereAndOnSpark_writesTheSameBytes() throws Exception {
    DataRecipe recipe = Corpus.write(folder, "[{normalise: {}}, {exact: {unit: line}}, {exact: {}}, {minhash: {}}, {substring: {min_length: 100}}, {privacy: {}}]");
    DataReport here = new DataRun(recipe, folder, folder.resolve("here"), new LocalEngine(), "test").run(Progress.silent());
    DataReport there = new DataRun(recipe, folder, folder.resolve("there"), engine, "test").run(Progress.silent());
    assertThat(Corpus.published(folder.resolve("there"))).isEqualTo(Corpus.published(folder.resolve("here"))).hasSizeGreaterThan(6);
    assertThat(there.steps()).isEqualTo(here.steps());
    assertThat(here.steps()).filteredOn(step -> step.droppedDocuments() > 0).hasSizeGreaterThanOrEqualTo(2);
    try (Stream<Path> left = Files.list(folder.resolve("there/work"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void run_folderThatAWorkerDoesNotSee_isToldAsAMistake() throws Exception {
    DataRecipe recipe = Corpus.write(folder, "[]");
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> engine.run(firstPass(recipe, nowhere), recipe, Progress.silent()))
        .isInstanceOf(UserException.class)
        .hasMessage("there is no folder " + nowhere + "; name one by --output that all machines see under the same path");
  }

  @Test
  void run_bugOnAWorker_isThrownAsItWas() throws Exception {
    DataRecipe recipe = Corpus.write(folder, "[]");
    Path output = Files.createDirectories(folder.resolve("output"));
    // No step has this number.
    var task = new PassTask(Recipes.toYaml(recipe), folder.toString(), 99, output.toString(), null, null);
    assertThatThrownBy(() -> engine.run(task, recipe, Progress.silent())).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void readPartition_otherFilesThanWhereTheRunBegan_isRefused() throws Exception {
    DataRecipe recipe = Corpus.write(folder, "[]");
    PassTask task = firstPass(recipe, Files.createDirectories(folder.resolve("output")));
    Pass.InputPartition second = Pass.inputPartitions(task).get(1);
    Files.delete(folder.resolve("many-0.jsonl"));
    assertThatThrownBy(() -> Pass.open(task).readPartition(second))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("sources differ between machines: partition 1 is 'many: ")
        .hasMessageContaining("many-2.jsonl")
        .hasMessageContaining("many-1.jsonl");
  }

  @Test
  void start_masterThatIsNotThere_saysSo() {
    assertThatThrownBy(() -> SparkEngine.start("test", new DataRecipe.Spark("spark://127.0.0.1:1,nowhere.invalid", Map.of())))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("no Spark master answers at spark://127.0.0.1:1,nowhere.invalid")
        .hasMessageContaining("127.0.0.1:1: Connection refused")
        .hasMessageContaining("nowhere.invalid: no machine of this name is known");
  }

  @Test
  void start_clusterThatNeedsADistribution_saysSo() {
    assertThatThrownBy(() -> SparkEngine.start("test", new DataRecipe.Spark("yarn", Map.of())))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("spark.master: yarn is reached through spark-submit");
  }

  @Test
  void provider_isFoundAsAService() {
    assertThat(java.util.ServiceLoader.load(EngineProvider.class).stream().map(java.util.ServiceLoader.Provider::type).toList())
        .contains(SparkEngineProvider.class);
  }
}
