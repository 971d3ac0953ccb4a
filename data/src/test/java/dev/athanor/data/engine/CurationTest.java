package dev.athanor.data.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Run;
import dev.athanor.base.run.RunResult;
import dev.athanor.base.run.RunResult.StageResult;
import dev.athanor.data.Document;
import dev.athanor.data.source.SourceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A curation as a part of a run that goes on after it: what is collected is kept apart.
class CurationTest {
  private static final int FILES = 6;

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    for (int file = 0; file < FILES; file++) {
      var lines = new StringBuilder();
      for (int i = 0; i < 40; i++) {
        String text = i % 5 == 0 ? "told again and again in every file, word for word" : "the text with the number %d of the file %d".formatted(i, file);
        lines.append(Json.write(Map.of("text", text))).append('\n');
      }
      lines.append("not JSON\n");
      Files.writeString(folder.resolve("f" + file + ".jsonl"), lines);
    }
  }

  private Curation curation(String steps, boolean collects) {
    String yaml = "name: c\nsources:\n  - jsonl: [f*.jsonl]\nlimits: {threads: 1}\nsteps: " + steps + "\n";
    return new Curation(Recipes.parse("r.yaml", yaml, DataRecipe.class, List.of()), folder, new LocalEngine(), collects);
  }

  private static final String STEPS = "[normalise, exact, privacy]";

  private RunResult run(Curation curation, String output, Progress progress) throws InterruptedException {
    try (Run run = Run.open(folder.resolve(output), progress, "test")) {
      return run.execute(curation.stages());
    }
  }

  private Progress saying() {
    return new Telling(said, (_, _) -> {});
  }

  /// What is told as shards are finished.
  private record Telling(List<String> said, Finished finished) implements Progress {
    @FunctionalInterface
    interface Finished {
      void of(String pass, long documents);
    }

    @Override
    public Task start(String name, long total, String unit) {
      return new Task() {
        @Override
        public void advance(long units) {
          finished.of(name, units);
        }

        @Override
        public void note(String text) {}

        @Override
        public void close() {}
      };
    }

    @Override
    public void say(String line) {
      said.add(line);
    }
  }

  private static List<Document> documents(Path artifact) {
    List<Document> all = new ArrayList<>();
    var parts = Curation.documents(artifact);
    for (int part = 0; part < parts.count(); part++) {
      try (Stream<Document> some = parts.open(part)) {
        some.forEach(all::add);
      }
    }
    return all;
  }

  @Test
  void stages_collectingApart_giveTheSameDocuments() throws Exception {
    Curation apart = curation(STEPS, true);
    Curation together = curation(STEPS, false);
    RunResult one = run(apart, "one", saying());
    RunResult other = run(together, "other", Progress.silent());
    assertThat(one.stages()).extracting(StageResult::name).containsExactly("collect", "pass-1", "decide-1-exact", "pass-2");
    assertThat(documents(one.stage(apart.lastStage()).folder()))
        .isEqualTo(documents(other.stage(together.lastStage()).folder()))
        .hasSize(FILES * 32 + 1);
    assertThat(apart.counts(name -> one.stage(name).artifact())).isEqualTo(together.counts(name -> other.stage(name).artifact()));
  }

  @Test
  void collect_origins_areToldWithTheirDigests() throws Exception {
    Path collected = run(curation(STEPS, true), "run", saying()).stage(Curation.COLLECT).folder();
    List<SourceReport> sources = Curation.sources(collected);
    assertThat(sources).hasSize(FILES).allSatisfy(
        source -> {
          assertThat(source.documents()).isEqualTo(40);
          assertThat(source.sha256()).hasSize(64);
          assertThat(source.skipped().values()).containsExactly(1L);
        });
    assertThat(sources.stream().mapToLong(SourceReport::bytes).sum()).isEqualTo(documents(collected).stream().mapToLong(Document::utf8Bytes).sum());
    assertThat(said).filteredOn(line -> line.startsWith("collect: set aside 6: ")).singleElement().asString().contains("the first: ", "f0.jsonl");
  }

  @Test
  void collect_noDocument_saysWhatWasSetAside() throws IOException {
    for (int file = 0; file < FILES; file++) {
      Files.writeString(folder.resolve("f" + file + ".jsonl"), "{\n");
    }
    assertThatThrownBy(() -> run(curation(STEPS, true), "run", Progress.silent()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the sources gave no document")
        .hasMessageContaining("set aside 6: ");
  }

  @Test
  void check_missingFilesOfSourcesAndSteps_areToldTogether() throws IOException {
    curation(STEPS, true).check();
    Curation missing = curation("[normalise, {classifier: {model: nowhere.bin, label: good}}, exact, {perplexity: {model: neither.bin}}]", true);
    assertThatThrownBy(missing::check).isInstanceOf(UserException.class).hasMessageContaining("nowhere.bin").hasMessageContaining("neither.bin");
    for (int file = 0; file < FILES; file++) {
      Files.delete(folder.resolve("f" + file + ".jsonl"));
    }
    assertThatThrownBy(missing::check).hasMessageContaining("f*.jsonl").hasMessageContaining("nowhere.bin");
  }

  @Test
  void run_changedStep_redoesOnlyFromThere() throws Exception {
    run(curation("[normalise, exact, privacy]", true), "run", saying());
    said.clear();
    run(curation("[normalise, exact, {privacy: {certainty: 0.9}}]", true), "run", saying());
    assertThat(said.stream().filter(line -> line.contains("reused"))).hasSize(3);
    said.clear();
    run(curation("[exact]", true), "run", saying());
    assertThat(said.stream().filter(line -> line.contains("reused"))).singleElement().asString().contains("collect");
  }

  @Test
  void publish_lifeWithItsCurationInAFolder_canBeInspected() throws Exception {
    Curation curation = curation(STEPS, true);
    DataReport report = curation.publish(run(curation, "life", Progress.silent()).stages(), folder.resolve("life/curation"));
    Files.writeString(folder.resolve("life/report.json"), "{\"another\": \"report\"}");
    DataFolder data = DataFolder.open(folder.resolve("life"));
    assertThat(data.report()).isEqualTo(report);
    assertThat(data.recipe()).isEqualTo(curation.recipe());
    assertThat(report.records()).isEqualTo(FILES * 41L);
    assertThat(report.steps()).extracting(StepCount::name).containsExactly("normalise", "exact", "privacy");
    try (Stream<Document> kept = data.kept(); Stream<Document> dropped = data.dropped()) {
      assertThat(kept).hasSize(FILES * 32 + 1);
      assertThat(dropped).hasSize(FILES * 8 - 1).allSatisfy(document -> assertThat(document.metadata()).containsEntry("dropStep", "exact"));
    }
  }

  @Test
  void run_interrupted_goesOnWithoutRedoingWhatIsThere() throws Exception {
    Curation curation = curation(STEPS, true);
    Map<Path, FileTime> written = new HashMap<>();
    for (String pass : List.of("collect", "pass 1", "pass 2")) {
      interruptAfterTwoShards(curation, pass);
      Map<Path, FileTime> now = reports(folder.resolve("run/work"));
      assertThat(now).as(pass).hasSize(2);
      written.putAll(now);
    }
    Path last = run(curation, "run", Progress.silent()).stage(curation.lastStage()).folder();
    assertThat(reports(folder.resolve("run/artifacts"))).hasSize(3 * FILES).containsAllEntriesOf(written);
    Path whole = run(curation, "whole", Progress.silent()).stage(curation.lastStage()).folder();
    assertThat(documents(last)).isEqualTo(documents(whole));
  }

  /// Runs until two shards of a pass are there, as if Ctrl-C came then.
  private void interruptAfterTwoShards(Curation curation, String pass) {
    Thread runner = Thread.currentThread();
    var finished = new AtomicInteger();
    Progress progress =
        new Telling(
            said,
            (name, _) -> {
              if (name.equals(pass) && finished.incrementAndGet() == 2) {
                runner.interrupt();
                waitForTheEnd();
              }
            });
    assertThatThrownBy(() -> run(curation, "run", progress)).isInstanceOf(InterruptedException.class);
  }

  private static void waitForTheEnd() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// When each shard's report was written, by stage and shard.
  private static Map<Path, FileTime> reports(Path folder) throws IOException {
    Map<Path, FileTime> times = new HashMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(path -> path.getFileName().toString().matches("\\d{7}-\\d{6}\\.json")).toList()) {
        times.put(folder.relativize(file), Files.getLastModifiedTime(file));
      }
    }
    return times;
  }
}
