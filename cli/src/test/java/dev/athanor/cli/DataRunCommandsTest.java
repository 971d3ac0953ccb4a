package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataRunCommandsTest {
  @TempDir Path dir;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void write() throws IOException {
    var lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      String prose =
          "The history of the town number %d is long, and most of it has been written down by those who lived there and that is why we have it. "
              .formatted(i);
      lines.append(Json.write(Map.of("text", i % 6 == 0 ? "# # # #" : prose.repeat(1 + i % 3) + "Write to keeper" + i + "@archive.org."))).append('\n');
    }
    lines.append("{\"text\": \n");
    Files.writeString(dir.resolve("texts.jsonl"), lines);
    Files.writeString(
        dir.resolve("recipe.yaml"),
        """
        name: towns
        sources:
          towns: {jsonl: [texts.jsonl]}
        steps:
          - tag: [gopher_quality]
          - near_empty: {min_bytes: 20}
          - exact: {}
          - privacy: {}
        """);
  }

  /// The exit status; what was said is in `out` and `err`.
  private int run(String... arguments) {
    out.reset();
    err.reset();
    var terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]), new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), false);
    CommandLine program = Athanor.commands(Wiring.opener(), terminal);
    return program.execute(arguments);
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private int live() {
    return run("data", "run", dir.resolve("recipe.yaml").toString(), "--output", dir.resolve("run").toString());
  }

  @Test
  void run_recipe_tellsTheFunnelAndWritesAReport() throws IOException {
    assertThat(live()).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(said()).contains("near-empty", "exact", "privacy", "set aside  1 of 61 records: not valid JSON 1", "read       60 documents");
    assertThat(Files.readString(dir.resolve("run/report.html"))).contains("The funnel", "towns", "gopher.words");
    assertThat(dir.resolve("run/documents/manifest.json")).exists();
  }

  @Test
  void inspect_droppedAndKept_showsReasonsAndTexts() {
    live();
    assertThat(run("data", "inspect", dir.resolve("run").toString(), "--dropped", "--step", "near-empty", "--count", "3")).isZero();
    assertThat(said()).contains("dropped by near-empty: near-empty", "# # # #");
    assertThat(said().lines().filter(line -> line.startsWith("─"))).hasSize(2);
    assertThat(run("data", "inspect", dir.resolve("run").toString(), "--kept", "--contains", "town number 7", "--full")).isZero();
    assertThat(said()).contains("town number 7 is long").doesNotContain("@archive.org");
    assertThat(run("data", "inspect", dir.resolve("run").toString(), "--step", "minhash")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no step 'minhash'", "near-empty");
  }

  @Test
  void tune_taggedMeasures_tellsWhatThresholdsWouldDrop() {
    live();
    assertThat(run("data", "tune", dir.resolve("run").toString())).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(said()).contains("gopher.words", "together they drop");
    assertThat(run("data", "tune", dir.resolve("run").toString(), "--set", "gopher.words=60..")).isZero();
    assertThat(said()).containsPattern("gopher.words\\s+60\\.\\.");
    assertThat(run("data", "tune", dir.resolve("run").toString(), "--set", "gopher.wrods=60..")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no document carries a measure 'gopher.wrods'");
  }

  @Test
  void export_asLinesAndParquet_holdsEveryDocument() throws IOException {
    live();
    String documents = dir.resolve("run").toString();
    assertThat(run("data", "export", documents, "--output", dir.resolve("all.jsonl").toString())).isZero();
    assertThat(Files.readAllLines(dir.resolve("all.jsonl"))).hasSize(50);
    assertThat(run("data", "export", documents, "--output", dir.resolve("all.parquet").toString())).isZero();
    assertThat(Files.size(dir.resolve("all.parquet"))).isPositive();
    assertThat(run("data", "export", documents, "--output", dir.resolve("all.parquet").toString())).isEqualTo(2);
    assertThat(run("data", "export", documents, "--output", dir.resolve("all.txt").toString())).isEqualTo(2);
  }

  @Test
  void run_spark_saysWhatItNeeds() {
    assertThat(run("data", "run", dir.resolve("recipe.yaml").toString(), "--set", "engine=spark", "--output", dir.resolve("run").toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("data-spark");
  }
}
