package dev.athanor.base.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.run.RunResult.StageResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
  @TempDir Path dir;
  private final List<String> said = new ArrayList<>();
  private final List<String> ran = new ArrayList<>();

  @FunctionalInterface
  interface Body {
    void run(StageContext context) throws IOException, InterruptedException;
  }

  /// A stage that notes that it ran.
  record Step(String name, int version, Object configuration, String fingerprint, List<String> inputs, List<String> log, Body body)
      implements Stage {
    @Override
    public void run(StageContext context) throws IOException, InterruptedException {
      log.add(name);
      body.run(context);
    }
  }

  private Step step(String name, Object configuration, List<String> inputs, Body body) {
    return new Step(name, 1, configuration, "", inputs, ran, body);
  }

  private Step writes(String name, String text, String... inputs) {
    return step(name, Map.of("text", text), List.of(inputs), c -> Files.writeString(c.output().resolve("out.txt"), text));
  }

  /// Writes its input's text in capitals.
  private Step capitals(String name, String input) {
    return step(
        name,
        Map.of(),
        List.of(input),
        c ->
            Files.writeString(
                c.output().resolve("out.txt"),
                Files.readString(c.input(input).resolve("out.txt")).toUpperCase(java.util.Locale.ROOT)));
  }

  private final Progress progress =
      new Progress() {
        @Override
        public Task start(String name, long total, String unit) {
          return Progress.silent().start(name, total, unit);
        }

        @Override
        public void say(String line) {
          said.add(line);
        }
      };

  private RunResult execute(Stage... stages) throws InterruptedException {
    ran.clear();
    said.clear();
    try (Run run = Run.open(dir, progress, "v1")) {
      return run.execute(List.of(stages));
    }
  }

  private static void flipByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void execute_secondRun_reusesEverything() throws Exception {
    RunResult first = execute(writes("a", "x"), capitals("b", "a"));
    assertThat(ran).containsExactly("a", "b");
    assertThat(said.getFirst()).isEqualTo("stage 1/2 a: starts");
    assertThat(said.get(1)).startsWith("stage 1/2 a: done in ");
    RunResult second = execute(writes("a", "x"), capitals("b", "a"));
    assertThat(ran).isEmpty();
    assertThat(said).hasSize(2).allMatch(line -> line.contains("reused ("));
    assertThat(second.stages()).allMatch(StageResult::reused);
    assertThat(second.stage("b").artifact()).isEqualTo(first.stage("b").artifact());
    assertThat(Files.readString(second.stage("b").folder().resolve("out.txt"))).isEqualTo("X");
  }

  @Test
  void execute_changedConfiguration_redoesThatStageAndLaterOnes() throws Exception {
    execute(writes("a", "x"), writes("b", "y", "a"), capitals("c", "b"));
    execute(writes("a", "x"), writes("b", "z", "a"), capitals("c", "b"));
    assertThat(ran).containsExactly("b", "c");
  }

  @Test
  void execute_backToAnEarlierConfiguration_findsItsArtifact() throws Exception {
    execute(writes("a", "x"));
    execute(writes("a", "y"));
    execute(writes("a", "x"));
    assertThat(ran).isEmpty();
  }

  @Test
  void execute_changedVersionOrFingerprint_redoesTheStage() throws Exception {
    Step step = writes("a", "x");
    execute(step);
    execute(new Step("a", 2, step.configuration(), "", List.of(), ran, step.body()));
    assertThat(ran).containsExactly("a");
    execute(new Step("a", 2, step.configuration(), "input changed", List.of(), ran, step.body()));
    assertThat(ran).containsExactly("a");
  }

  @Test
  void execute_redoneWithTheSameContent_redoesNothingAfterIt() throws Exception {
    execute(writes("a", "x"), capitals("b", "a"));
    Step sameOutput =
        step(
            "a",
            Map.of("other", 1),
            List.of(),
            c -> {
              Files.writeString(c.checkpoints().resolve("1"), "only to resume");
              Files.writeString(c.output().resolve("out.txt"), "x");
              c.metric("figure", 7);
            });
    execute(sameOutput, capitals("b", "a"));
    assertThat(ran).containsExactly("a");
  }

  @Test
  void execute_interruptedStage_findsItsEarlierFilesAndFigures() throws Exception {
    Body failsOnce =
        c -> {
          Path checkpoint = c.checkpoints().resolve("step-1");
          if (!Files.exists(checkpoint)) {
            Files.writeString(checkpoint, "half");
            c.metric("first", 1.5);
            throw new IOException("cable pulled");
          }
          Files.writeString(c.output().resolve("out.txt"), Files.readString(checkpoint) + " and whole");
        };
    Stage stage = step("a", Map.of(), List.of(), failsOnce);
    assertThatThrownBy(() -> execute(stage))
        .isInstanceOf(StageFailedException.class)
        .hasMessage("stage a failed: java.io.IOException: cable pulled");
    RunResult result = execute(stage);
    assertThat(said.getFirst()).startsWith("stage 1/1 a: resumes after ");
    assertThat(Files.readString(result.stage("a").folder().resolve("out.txt"))).isEqualTo("half and whole");
    assertThat(result.stage("a").artifact().metrics().get("first")).hasToString("1.5");
    assertThat(dir.resolve("work")).isEmptyDirectory();
  }

  @Test
  void execute_userExceptionInAStage_isThrownAsItIs() {
    Stage stage =
        step(
            "a",
            Map.of(),
            List.of(),
            c -> {
              throw new UserException("no such coordinate");
            });
    assertThatThrownBy(() -> execute(stage)).isInstanceOf(UserException.class).hasMessage("no such coordinate");
  }

  @Test
  void execute_diskFull_saysSoAndLeavesTheStageResumable() throws Exception {
    Body full =
        c -> {
          Path kept = c.output().resolve("kept");
          if (!Files.exists(kept)) {
            Files.writeString(kept, "k");
            throw new java.io.UncheckedIOException(new IOException("No space left on device"));
          }
        };
    Stage stage = step("a", Map.of(), List.of(), full);
    assertThatThrownBy(() -> execute(stage))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no room left on the disk in stage a")
        .hasMessageContaining(dir.toString());
    assertThat(execute(stage).stage("a").artifact().files()).extracting("path").containsExactly("kept");
  }

  @Test
  void execute_flippedByte_isSaidAndRedoneFromTheCheckpoints() throws Exception {
    Body body =
        c -> {
          c.metric("resumed", Files.exists(c.checkpoints().resolve("1")));
          Files.writeString(c.checkpoints().resolve("1"), "c");
          Files.writeString(c.output().resolve("model.bin"), "weights");
          Files.writeString(c.output().resolve("out.txt"), "text");
        };
    Stage stage = step("a", Map.of(), List.of(), body);
    Path folder = execute(stage, capitals("b", "a")).stage("a").folder();
    flipByte(folder.resolve("model.bin"));
    RunResult redone = execute(stage, capitals("b", "a"));
    assertThat(said.getFirst())
        .isEqualTo(
            folder.resolve("model.bin")
                + " is damaged (it does not match its checksum); the stage is redone from what is whole");
    assertThat(ran).containsExactly("a");
    assertThat(redone.stage("a").artifact().metrics().get("resumed")).hasToString("true");
    assertThat(Files.readString(folder.resolve("model.bin"))).isEqualTo("weights");
  }

  @Test
  void execute_missingFile_isSaidAndRedone() throws Exception {
    Path file = execute(writes("a", "x")).stage("a").folder().resolve("out.txt");
    Files.delete(file);
    execute(writes("a", "x"));
    assertThat(said.getFirst()).startsWith(file + " is missing");
    assertThat(file).hasContent("x");
  }

  @Test
  void execute_damagedManifest_isSaidAndRedone() throws Exception {
    Path folder = execute(writes("a", "x")).stage("a").folder();
    flipByte(folder.resolve("artifact.json"));
    execute(writes("a", "x"));
    assertThat(said.getFirst()).startsWith(folder.resolve("artifact.json").toString()).endsWith("the stage is redone");
    assertThat(ran).containsExactly("a");
    assertThat(Artifact.read(folder).stage()).isEqualTo("a");
  }

  @Test
  void execute_damagedCheckpointOfAFinishedStage_isRemovedAndNothingRedone() throws Exception {
    Stage stage =
        step(
            "a",
            Map.of(),
            List.of(),
            c -> {
              Files.writeString(c.checkpoints().resolve("1"), "checkpoint");
              Files.writeString(c.output().resolve("out.txt"), "x");
            });
    Path folder = execute(stage).stage("a").folder();
    flipByte(folder.resolve("checkpoints/1"));
    execute(stage);
    assertThat(said.getFirst()).contains("is damaged").contains("no longer needed");
    assertThat(ran).isEmpty();
    execute(stage);
    assertThat(said).hasSize(1);
  }

  @Test
  void open_folderInUse_isRefused() {
    try (Run run = Run.open(dir, progress, "v1")) {
      assertThatThrownBy(() -> Run.open(run.folder(), progress, "v1"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(dir + " is in use by another process")
          .hasMessageContaining("--run-dir");
    }
    Run.open(dir, progress, "v1").close();
  }

  @Test
  void open_folderIsAFile_isRefused() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "x");
    assertThatThrownBy(() -> Run.open(file, progress, "v1"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void execute_wrongChains_areRefused() {
    assertThatThrownBy(() -> execute(writes("a", "x"), writes("a", "y"))).hasMessage("two stages are named a");
    assertThatThrownBy(() -> execute(capitals("b", "a"), writes("a", "x")))
        .hasMessage("stage b reads 'a', which is no earlier stage");
  }

  @Test
  void execute_inputNotListed_isRefused() {
    Stage sneaky = step("b", Map.of(), List.of(), c -> c.input("a"));
    assertThatThrownBy(() -> execute(writes("a", "x"), sneaky))
        .isInstanceOf(StageFailedException.class)
        .hasRootCauseMessage("stage b does not list 'a' as an input");
  }

  @Test
  void execute_listener_hearsOfEachArtifactEvenWhenALaterStageFails() {
    List<String> heard = new ArrayList<>();
    Stage fails =
        step(
            "b",
            Map.of(),
            List.of(),
            c -> {
              throw new UserException("no");
            });
    try (Run run = Run.open(dir, progress, "v1")) {
      assertThatThrownBy(() -> run.execute(List.of(writes("a", "x"), fails), result -> heard.add(result.name())))
          .isInstanceOf(UserException.class);
    }
    assertThat(heard).containsExactly("a");
  }

  /// Runs in a process of its own, which is killed while its stage sleeps.
  static final class Sleeper {
    private Sleeper() {}

    static Step stage(Body afterCheckpoint) {
      return new Step(
          "sleep",
          1,
          Map.of(),
          "",
          List.of(),
          new ArrayList<>(),
          c -> {
            Files.writeString(c.checkpoints().resolve("1"), "before the kill");
            c.metric("figure", 3);
            afterCheckpoint.run(c);
          });
    }

    public static void main(String[] arguments) throws InterruptedException {
      try (Run run = Run.open(Path.of(arguments[0]), Progress.silent(), "v1", Duration.ofMillis(20))) {
        run.execute(List.of(stage(c -> Thread.sleep(60_000))));
      }
    }
  }

  @Test
  void execute_afterAKill_resumesWithTheSecondsSpent() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Sleeper.class.getName(), dir.toString())
            .inheritIO()
            .start();
    try {
      awaitFigure(process);
      assertThatThrownBy(() -> Run.open(dir, progress, "v1"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("(" + process.pid() + ")");
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    List<String> found = new ArrayList<>();
    RunResult result = execute(Sleeper.stage(c -> found.add(Files.readString(c.checkpoints().resolve("1")))));
    assertThat(said.getFirst()).startsWith("stage 1/1 sleep: resumes after ");
    assertThat(found).containsExactly("before the kill");
    assertThat(result.stage("sleep").artifact().metrics()).containsKey("figure");
  }

  private void awaitFigure(Process process) throws IOException, InterruptedException {
    for (int i = 0; i < 1000 && process.isAlive(); i++) {
      try (Stream<Path> files = Files.exists(dir.resolve("work")) ? Files.list(dir.resolve("work")) : Stream.empty()) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
          if (Objects.requireNonNull(Files.readString(file)).contains("figure")) {
            return;
          }
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the other process saved nothing");
  }
}
