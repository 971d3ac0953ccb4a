package dev.athanor.data.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DataRunTest {
  private static final String[] WORDS =
      ("the of and to in model data train learn river mountain winter summer city people language number water light "
              + "history music paper system engine garden simple large small green blue open close read write run walk "
              + "人工智能 语言 模型 数据 训练 学习 河流 山 冬天 夏天 城市 人民 历史 音乐 纸 系统 花园")
          .split(" ", -1);

  @TempDir Path folder;

  /// Lines of JSON: texts, copies of texts, near-copies, garbage.
  private void write(String name, int documents, long seed) throws IOException {
    var random = new SplitMix64(seed);
    var lines = new StringBuilder();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < documents; i++) {
      int kind = random.below(20);
      if (kind == 0) {
        lines.append("{\"text\": broken\n");
      } else if (kind == 1) {
        lines.append("{\"other\": \"key\"}\n");
      } else {
        String text = kind < 5 && !texts.isEmpty() ? texts.get(random.below(texts.size())) : text(random);
        if (kind == 4) {
          text = text.replaceFirst("the", "a");
        }
        texts.add(text);
        lines.append(Json.write(Map.of("text", text))).append('\n');
      }
    }
    Files.writeString(folder.resolve(name), lines);
  }

  private static String text(SplitMix64 random) {
    var text = new StringBuilder();
    int sentences = 3 + random.below(12);
    for (int i = 0; i < sentences; i++) {
      int words = 5 + random.below(12);
      for (int j = 0; j < words; j++) {
        text.append(WORDS[random.below(WORDS.length)]).append(j == words - 1 ? ". " : " ");
      }
      text.append(random.below(3) == 0 ? "\n" : "");
    }
    return text.append("mail me at someone").append(random.below(50)).append("@somewhere.org").toString();
  }

  private static final String STEPS =
      """
      steps:
        - normalise: {}
        - exact: {}
        - minhash: {}
        - privacy: {}
      """;

  private DataRecipe recipe(int threads) {
    return Recipes.parse(
        "recipe.yaml",
        """
        name: corpus
        sources:
          a: {jsonl: ["a-*.jsonl*"]}
          b: {jsonl: [b.jsonl]}
        limits: {threads: %d, chunk_megabytes: 1}
        %s
        """
            .formatted(threads, STEPS),
        DataRecipe.class,
        List.of());
  }

  private DataReport run(DataRecipe recipe, Path output) throws InterruptedException {
    return new DataRun(recipe, folder, output, new LocalEngine(), "test").run(Progress.silent());
  }

  /// The published documents, by file.
  private static Map<String, String> published(Path output) throws IOException {
    var files = new TreeMap<String, String>();
    try (Stream<Path> all = Files.list(output.resolve(DataRun.DOCUMENTS))) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  private void corpus() throws IOException {
    write("a-1.jsonl", 3000, 1);
    write("a-2.jsonl", 500, 2);
    write("b.jsonl", 2000, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void run_anyNumberOfThreads_writesTheSameBytes(int threads) throws Exception {
    corpus();
    DataReport one = run(recipe(1), folder.resolve("one"));
    DataReport many = run(recipe(threads), folder.resolve("many"));
    assertThat(published(folder.resolve("many"))).isEqualTo(published(folder.resolve("one"))).hasSizeGreaterThan(3);
    assertThat(many.steps()).isEqualTo(one.steps());
    assertThat(many.after()).isEqualTo(one.after());
  }

  /// What tasks were told, by their names.
  private static final class Recorder implements Progress {
    private final Map<String, Long> totals = new ConcurrentHashMap<>();
    private final Map<String, List<Long>> steps = new ConcurrentHashMap<>();

    @Override
    public Task start(String name, long total, String unit) {
      totals.put(name + " " + unit, total);
      List<Long> told = Collections.synchronizedList(new ArrayList<>());
      steps.put(name + " " + unit, told);
      return new Task() {
        @Override
        public void advance(long units) {
          told.add(units);
        }

        @Override
        public void note(String text) {}

        @Override
        public void close() {}
      };
    }

    @Override
    public void say(String line) {}

    long sum(String task) {
      return steps.getOrDefault(task, List.of()).stream().mapToLong(Long::longValue).sum();
    }
  }

  @Test
  void run_progressOfTheFirstPass_endsAtTheBytesOfTheSources() throws Exception {
    corpus();
    Path packed = folder.resolve("b.jsonl");
    try (var gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a-3.jsonl.gz")))) {
      for (int i = 0; i < 4; i++) {
        Files.copy(packed, gzip);
      }
    }
    var recorder = new Recorder();
    new DataRun(recipe(2), folder, folder.resolve("out"), new LocalEngine(), "test").run(recorder);
    long stored = 0;
    for (String name : List.of("a-1.jsonl", "a-2.jsonl", "a-3.jsonl.gz", "b.jsonl")) {
      stored += Files.size(folder.resolve(name));
    }
    assertThat(recorder.totals).containsEntry("pass 1 B", stored);
    assertThat(recorder.sum("pass 1 B")).isEqualTo(stored);
    assertThat(recorder.steps.get("pass 1 B")).hasSizeGreaterThan(5).allMatch(step -> step >= 0).filteredOn(step -> step > 0).hasSizeGreaterThan(4);
    assertThat(recorder.sum("pass 2 doc")).isEqualTo(recorder.totals.get("pass 2 doc")).isPositive();
  }

  @Test
  void run_stepsThatNote_areSummedInTheReport() throws Exception {
    corpus();
    Files.writeString(folder.resolve("exam.jsonl"), "{\"question\": \"one two three four five six seven eight nine ten eleven twelve thirteen\"}\n{\"question\": \"unseen\"}\n");
    Files.writeString(folder.resolve("b.jsonl"), "{\"text\": \"He said: one two three four five six seven eight nine ten eleven twelve thirteen!\"}\n");
    DataRecipe recipe =
        Recipes.parse(
            "recipe.yaml",
            """
            name: corpus
            sources: {a: {jsonl: [a-*.jsonl]}, b: {jsonl: [b.jsonl]}}
            steps: [{decontaminate: {against: [exam.jsonl]}}, {privacy: {}}]
            limits: {chunk_megabytes: 1}
            """,
            DataRecipe.class,
            List.of());
    DataReport report = run(recipe, folder.resolve("out"));
    assertThat(report.summaries()).extracting(DataReport.Summary::of).containsExactly("decontaminate", "privacy");
    JsonNode exam = report.summaries().getFirst().told();
    assertThat(exam.path("tasks").toString()).isEqualTo("[{\"task\":\"exam\",\"items\":2,\"unchecked\":1,\"found\":1}]");
    assertThat(exam.path("hits").toString()).isEqualTo("[{\"item\":\"exam#0\",\"documents\":1}]");
    // Every text ends with one address.
    assertThat(report.summaries().getLast().told().path("email").longValue()).isEqualTo(report.before().total().documents() - 1);
  }

  @Test
  void run_corpusWithCopiesAndGarbage_accountsForEveryRecord() throws Exception {
    corpus();
    DataReport report = run(recipe(2), folder.resolve("out"));
    assertThat(report.records()).isEqualTo(5500);
    long aside = report.setAside().values().stream().mapToLong(Long::longValue).sum();
    assertThat(aside).isBetween(300L, 900L);
    assertThat(report.before().total().documents()).isEqualTo(5500 - aside);
    long left = 5500 - aside;
    for (StepCount step : report.steps()) {
      assertThat(step.documents()).as(step.name()).isEqualTo(left);
      left -= step.droppedDocuments();
    }
    assertThat(report.after().total().documents()).isEqualTo(left);
    assertThat(report.steps()).extracting(StepCount::name).containsExactly("normalise", "exact", "minhash", "privacy");
    assertThat(report.steps().get(1).droppedDocuments()).isBetween(300L, 900L);
    assertThat(report.steps().get(2).droppedDocuments()).isPositive();
    DataFolder data = DataFolder.open(folder.resolve("out"));
    try (Stream<Document> kept = data.kept(); Stream<Document> dropped = data.dropped()) {
      assertThat(kept.toList()).hasSize((int) left).allSatisfy(document -> assertThat(document.text()).doesNotContain("@somewhere.org"));
      assertThat(dropped.toList()).hasSize((int) (5500 - aside - left)).allSatisfy(document -> assertThat(document.metadata()).containsKeys("dropStep", "dropReason", "source"));
    }
  }

  @Test
  void run_again_reusesEverything() throws Exception {
    corpus();
    run(recipe(2), folder.resolve("out"));
    Map<String, String> first = published(folder.resolve("out"));
    var said = new ArrayList<String>();
    new DataRun(recipe(1), folder, folder.resolve("out"), new LocalEngine(), "test").run(saying(said));
    assertThat(said).filteredOn(line -> line.contains("reused")).hasSize(5);
    assertThat(published(folder.resolve("out"))).isEqualTo(first);
  }

  /// Of a step that comes after a whole pass over the corpus.
  @Test
  void run_stepsWithMistakes_areAllToldBeforeAnyWork() throws Exception {
    corpus();
    DataRecipe recipe =
        Recipes.parse(
            "recipe.yaml",
            """
            name: corpus
            sources: {a: {jsonl: [a-*.jsonl]}}
            steps:
              - exact: {}
              - privacy: {names: {model: no/model}}
              - privacy: {key_file: no.key}
            """,
            DataRecipe.class,
            List.of());
    assertThatThrownBy(() -> run(recipe, folder.resolve("out")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no/model")
        .hasMessageContaining("no.key");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private static Progress saying(List<String> said) {
    Progress silent = Progress.silent();
    return new Progress() {
      @Override
      public Task start(String name, long total, String unit) {
        return silent.start(name, total, unit);
      }

      @Override
      public void say(String line) {
        said.add(line);
      }
    };
  }

  @Test
  void run_interruptedAgainAndAgain_endsInTheSameBytes() throws Exception {
    corpus();
    run(recipe(1), folder.resolve("whole"));
    var random = new Random(7);
    boolean finished = false;
    int interruptions = 0;
    for (int attempt = 0; attempt < 200 && !finished; attempt++) {
      var worker = new Attempt(recipe(2));
      worker.start();
      worker.join(20 + random.nextInt(60) + attempt * 25L);
      worker.interrupt();
      worker.join();
      finished = worker.finished;
      interruptions += finished ? 0 : 1;
    }
    assertThat(finished).isTrue();
    assertThat(interruptions).isPositive();
    assertThat(published(folder.resolve("out"))).isEqualTo(published(folder.resolve("whole")));
  }

  /// A run on a thread of its own.
  private final class Attempt extends Thread {
    private final DataRecipe recipe;
    private volatile boolean finished;

    Attempt(DataRecipe recipe) {
      this.recipe = recipe;
    }

    @Override
    public void run() {
      try {
        DataRunTest.this.run(recipe, folder.resolve("out"));
        finished = true;
      } catch (InterruptedException | RuntimeException e) {
        finished = false;
      }
    }
  }

  @Test
  void run_damagedShard_makesItAgain() throws Exception {
    corpus();
    run(recipe(2), folder.resolve("out"));
    Map<String, String> first = published(folder.resolve("out"));
    Path shard;
    try (Stream<Path> all = Files.walk(folder.resolve("out/artifacts"))) {
      shard = all.filter(file -> file.toString().contains("pass-1") && file.toString().endsWith("0000000-000000.jsonl.zst")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.delete(shard);
    Files.write(shard, bytes);
    run(recipe(2), folder.resolve("out"));
    assertThat(published(folder.resolve("out"))).isEqualTo(first);
  }

  @Test
  void recipe_mistakes_areToldAllAtOnce() {
    assertThatThrownBy(
            () ->
                Recipes.parse(
                    "r.yaml", "name: x\nsources: {a: {jsonl: [x], txet_key: y}}\nsteps:\n  - minhsh: {}\nlimits: {threads: -1}\n", DataRecipe.class, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("minhash")
        .hasMessageContaining("threads must be at least 0");
  }
}
