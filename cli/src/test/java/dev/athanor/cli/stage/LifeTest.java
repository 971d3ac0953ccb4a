package dev.athanor.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.engine.DataFolder;
import dev.athanor.registry.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A whole life on a few generated files, as a user's command lives it.
class LifeTest {
  private static final String RECIPE =
      """
      name: tiny
      collect:
        sources:
          - files: ["src"]
      curate: {validation_share: 0.2, test_share: 0.2}
      tokenizer: {vocab_size: 400}
      pretrain:
        tokens: 12k
        model: {hidden_size: 16, layers: 1, heads: 2}
        context_length: 512
        batch_tokens: 1024
      sft: {epochs: 1, max_pairs: 40}
      evaluate: {methods: 2, documentations: 1, max_pairs: 5, max_new_tokens: 8}
      """;

  @TempDir Path dir;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void writeSources() throws IOException {
    DemoSources.write(dir.resolve("src"));
    Files.writeString(dir.resolve("tiny.yaml"), RECIPE);
  }

  private Life life(String... overrides) {
    Progress progress =
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
    return new Life(
        dir.resolve("tiny.yaml"),
        List.of(overrides),
        dir.resolve("run"),
        () -> Registry.open(dir.resolve("registry.db")),
        progress);
  }

  private JsonNode report() {
    return Json.readFile(dir.resolve("run/report.json"));
  }

  private List<String> saidOf(String part) {
    return said.stream().filter(line -> line.contains(part)).toList();
  }

  @Test
  void live_wholeRecipe_leavesReportModelAndRelease() throws Exception {
    Life.Outcome outcome = life().live();

    assertThat(outcome.summary()).contains("released tiny:1");
    JsonNode report = report();
    for (String stage :
        List.of("collect", "curate", "tokenizer", "pretrain", "sft", "evaluate", "report", "release")) {
      assertThat(report.path("stages").path(stage).path("seconds").isNumber()).as(stage).isTrue();
    }
    for (String figure : List.of("model", "ngram5", "xz")) {
      assertThat(report.path("evaluate").path("bits_per_byte").path(figure).asDouble()).as(figure).isPositive();
    }
    for (String figure : List.of("tokens_per_second", "mfu", "peak_gflops", "tokens")) {
      assertThat(report.path("pretrain").path(figure).asDouble()).as(figure).isPositive();
    }
    assertThat(report.path("model").path("sha256").asString()).hasSize(64);
    assertThat(dir.resolve("run/model/config.json")).exists();
    assertThat(dir.resolve("run/report.html")).content().contains("Steps, in order");
    assertThat(dir.resolve("run/curation/report.html")).content().contains("The funnel");
    assertThat(dir.resolve("run/recipe.yaml")).content().contains("decay");
  }

  @Test
  void live_again_reusesEverythingAndReleasesTheSameVersion() throws Exception {
    life().live();
    String first = report().path("model").path("sha256").asString();
    said.clear();

    Life.Outcome again = life().live();

    assertThat(saidOf("reused")).hasSize(9);
    assertThat(again.summary()).contains("released tiny:1");
    assertThat(report().path("model").path("sha256").asString()).isEqualTo(first);
  }

  @Test
  void live_ownSteps_areCarriedOutToldAndCanBeInspected() throws Exception {
    Files.writeString(dir.resolve("src/demo/p0/Mail.java"), "package demo.p0;\n\nclass Mail {\n  String to = \"someone@somewhere.org\";\n}\n");
    Files.writeString(dir.resolve("src/demo/p1/Little.java"), "class Little {}\n");

    life("curate.steps=[{near_empty: {min_bytes: 40, min_lines: 3}}, privacy]").live();

    JsonNode curate = report().path("curate");
    assertThat(curate.path("steps").propertyNames()).containsExactly("near-empty", "privacy");
    assertThat(curate.at("/steps/near-empty/files").asLong()).isEqualTo(34);
    assertThat(curate.at("/steps/near-empty/dropped/near-empty/files").asLong()).isEqualTo(1);
    assertThat(curate.at("/steps/near-empty/dropped/near-empty/bytes").asLong()).isEqualTo(16);
    assertThat(curate.at("/steps/privacy/changed").asLong()).isEqualTo(1);
    assertThat(curate.at("/kept/files").asLong()).isEqualTo(33);
    assertThat(curate.path("splits").properties()).hasSize(3).allSatisfy(split -> assertThat(split.getValue().path("files").asLong()).isPositive());
    DataFolder data = DataFolder.open(dir.resolve("run"));
    try (Stream<Document> dropped = data.dropped(); Stream<Document> kept = data.kept()) {
      assertThat(dropped).singleElement().extracting(Document::path).isEqualTo("demo/p1/Little.java");
      assertThat(kept).hasSize(33).noneMatch(document -> document.text().contains("@somewhere.org"));
    }
  }

  @Test
  void live_stepsThatLeaveNothing_areTheUsersToMend() {
    assertThatThrownBy(() -> life("curate.steps=[{near_empty: {min_bytes: 1M}}]").live())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nothing is left to train on")
        .hasMessageContaining("near-empty: near-empty 32");
  }

  @Test
  void live_inAnotherFolder_makesTheSameModelBitForBit() throws Exception {
    life().live();
    byte[] first = Files.readAllBytes(dir.resolve("run/model/model.safetensors"));
    Files.move(dir.resolve("run"), dir.resolve("first"));

    life().live();

    assertThat(Files.readAllBytes(dir.resolve("run/model/model.safetensors"))).isEqualTo(first);
  }

  @Test
  void live_changedEvaluation_redoesThatStageOnly() throws Exception {
    life().live();
    said.clear();

    life("evaluate.methods=1").live();

    assertThat(saidOf("reused")).hasSize(8);
    assertThat(saidOf("evaluate: done")).hasSize(1);
  }

  @Test
  void live_flippedByteInTheModel_saysSoAndMakesItAgain() throws Exception {
    life().live();
    byte[] good = Files.readAllBytes(dir.resolve("run/model/model.safetensors"));
    Path weights;
    try (Stream<Path> artifacts = Files.list(dir.resolve("run/artifacts"))) {
      Path sft = artifacts.filter(path -> path.getFileName().toString().startsWith("sft-")).findFirst().orElseThrow();
      weights = sft.resolve("model/model.safetensors");
    }
    byte[] bad = good.clone();
    bad[bad.length / 2] ^= 1;
    Files.write(weights, bad);
    said.clear();

    life().live();

    assertThat(saidOf("model/model.safetensors")).isNotEmpty();
    assertThat(Files.readAllBytes(dir.resolve("run/model/model.safetensors"))).isEqualTo(good);
  }

  @Test
  void life_mistakesInTheRecipe_areToldTogetherBeforeAnyWork() throws IOException {
    Files.writeString(
        dir.resolve("tiny.yaml"),
        RECIPE
            .replace("curate: {", "curate: {steps: [normalise, {near_empty: {min_byts: 3}}, exakt, {minhash: {rows: 1}}], min_bytes: 3, ")
            .replace("vocab_size: 400", "vocab_sise: 400")
            .replace("tokens: 12k", "tokens: soon"));

    assertThatThrownBy(this::life)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tiny.yaml:5:")
        .hasMessageContaining("unknown key 'min_byts' in curate.steps[1].near_empty; did you mean 'min_bytes'?")
        .hasMessageContaining("unknown kind 'exakt' (curate.steps[2]); did you mean 'exact'?")
        .hasMessageContaining("rows must be at least 3, not 1 (curate.steps[3].minhash)")
        .hasMessageContaining("unknown key 'min_bytes' in curate (valid: steps, ")
        .hasMessageContaining("tiny.yaml:6:")
        .hasMessageContaining("vocab_size")
        .hasMessageContaining("tiny.yaml:8:");
    assertThat(dir.resolve("run")).doesNotExist();
  }
}
