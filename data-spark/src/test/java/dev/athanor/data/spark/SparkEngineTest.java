package dev.athanor.data.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.SplitMix64;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.DataReport;
import dev.athanor.data.engine.DataRun;
import dev.athanor.data.engine.EngineProvider;
import dev.athanor.data.engine.LocalEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  /// Lines of JSON in English and Chinese: texts, copies, near-copies, garbage.
  private void write(String name, int documents, long seed) throws IOException {
    var random = new SplitMix64(seed);
    List<String> texts = new ArrayList<>();
    var lines = new StringBuilder();
    for (int i = 0; i < documents; i++) {
      int kind = random.below(10);
      String text =
          kind < 3 && !texts.isEmpty()
              ? texts.get(random.below(texts.size())) + (kind == 0 ? " again" : "")
              : text(random);
      texts.add(text);
      lines.append(kind == 9 ? "{\"no\": text\n" : Json.write(Map.of("text", text)) + "\n");
    }
    Files.writeString(folder.resolve(name), lines);
  }

  private static String text(SplitMix64 random) {
    var text = new StringBuilder();
    for (int i = 20 + random.below(200); i > 0; i--) {
      text.append(random.below(4) == 0 ? String.valueOf((char) ('一' + random.below(500))) : "word" + random.below(300)).append(' ');
    }
    return text + "write to someone" + random.below(9) + "@somewhere.org.";
  }

  private DataRecipe recipe() {
    return Recipes.parse(
        "recipe.yaml",
        """
        name: corpus
        sources:
          many: {jsonl: [many-*.jsonl]}
          one: {jsonl: [one.jsonl]}
        steps:
          - normalise: {}
          - exact: {unit: line}
          - exact: {}
          - minhash: {}
          - privacy: {}
        limits: {chunk_megabytes: 1}
        engine: spark
        """,
        DataRecipe.class,
        List.of());
  }

  private static Map<String, String> published(Path output) throws IOException {
    var files = new TreeMap<String, String>();
    try (Stream<Path> all = Files.list(output.resolve(DataRun.DOCUMENTS))) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  @Test
  void run_sameRecipeHereAndOnSpark_writesTheSameBytes() throws Exception {
    for (int i = 0; i < 5; i++) {
      write("many-" + i + ".jsonl", 700, i);
    }
    write("one.jsonl", 3000, 99);
    DataReport here = new DataRun(recipe(), folder, folder.resolve("here"), new LocalEngine(), "test").run(Progress.silent());
    DataReport there = new DataRun(recipe(), folder, folder.resolve("there"), engine, "test").run(Progress.silent());
    assertThat(published(folder.resolve("there"))).isEqualTo(published(folder.resolve("here"))).hasSizeGreaterThan(6);
    assertThat(there.steps()).isEqualTo(here.steps());
    assertThat(here.steps()).filteredOn(step -> step.droppedDocuments() > 0).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void provider_isFoundAsAService() {
    assertThat(java.util.ServiceLoader.load(EngineProvider.class).stream().map(java.util.ServiceLoader.Provider::type).toList())
        .contains(SparkEngineProvider.class);
  }
}
