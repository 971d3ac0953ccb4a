package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.model.CheckpointDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelExportCommandTest {
  private static final Path CHECKPOINTS = ModelInspectCommandTest.CHECKPOINTS;

  private final Program program = new Program();
  @TempDir Path dir;

  private int export(String family, Path out, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("model", "export", CHECKPOINTS.resolve(family).toString(), out.toString()));
    arguments.addAll(List.of(options));
    return program.run(arguments.toArray(String[]::new));
  }

  @Test
  void export_everyPublishedFamily_passesItsGate() throws IOException {
    List<String> families;
    try (Stream<Path> all = Files.list(CHECKPOINTS)) {
      families = all.map(folder -> String.valueOf(folder.getFileName())).toList();
    }
    assertThat(families).hasSizeGreaterThan(25);
    for (String family : families) {
      assertThat(export(family, dir.resolve(family + "-f32"), "--dtype", "f32", "--shard-size", "50KB")).as(program.err()).isZero();
      assertThat(program.out()).as(family).contains("parity: largest difference 0, relative 0 over ", "wrote ");
      assertThat(export(family, dir.resolve(family + "-bf16"), "--dtype", "bf16")).as(family + program.err()).isZero();
      // The weights of qwen3's are BF16 already.
      assertThat(program.out().contains("largest difference 0,")).as(family).isEqualTo(family.equals("qwen3"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2", "llama", "llama-linear", "llama-yarn", "llama-llama3", "llama-bias", "qwen2", "qwen3", "mixtral", "qwen3_moe", "mamba"
      })
  void export_decodersToGguf_passTheirGates(String family) {
    for (String type : List.of("f32", "f16", "bf16", "q8_0", "q4_0")) {
      assertThat(export(family, dir.resolve(type + ".gguf"), "--type", type)).as(type + ": " + program.err()).isZero();
      assertThat(program.out()).contains("parity: largest difference ", "KL ", "same likeliest in ");
    }
  }

  @ParameterizedTest
  @CsvSource({"out, --dtype, bf16", "out.gguf, --type, q8_0"})
  void export_driftBeyondTheTolerance_leavesNothing(String name, String option, String value) {
    Path out = dir.resolve(name);
    assertThat(export("llama", out, option, value, "--tolerance", "1e-4")).isEqualTo(2);
    assertThat(program.err())
        .contains("the copy does not say what the original says: largest difference 0.", "KL ", "is above the tolerance of 0.000100")
        .doesNotContain("\tat ");
    assertThat(program.out()).isEmpty();
    assertThat(dir.toFile().list()).isEmpty();
  }

  @Test
  void export_thatFails_leavesTheExportBefore() {
    Path out = dir.resolve("out");
    assertThat(export("llama", out)).isZero();
    assertThat(export("llama", out, "--dtype", "bf16", "--tolerance", "0", "--force")).isEqualTo(2);
    try (CheckpointDir before = CheckpointDir.open(out)) {
      assertThat(Json.readFile(out.resolve("config.json")).path("dtype").asString("")).isEqualTo("float32");
      assertThat(before.decoder().numLayers()).isEqualTo(2);
    }
    assertThat(dir.toFile().list()).containsExactly("out");
  }

  @Test
  void export_seed_isOfTheInputs() {
    assertThat(export("llama", dir.resolve("a"), "--dtype", "bf16")).isZero();
    String one = parity();
    assertThat(export("llama", dir.resolve("b"), "--dtype", "bf16")).isZero();
    assertThat(parity()).isEqualTo(one);
    assertThat(export("llama", dir.resolve("c"), "--dtype", "bf16", "--seed", "2")).isZero();
    assertThat(parity()).isNotEqualTo(one);
  }

  private String parity() {
    return program.out().lines().filter(line -> line.startsWith("parity")).findFirst().orElseThrow();
  }

  @Test
  void export_mistakes_exit2InASentence() {
    assertThat(export("llama", dir.resolve("out"), "--tolerance", "-1")).isEqualTo(2);
    assertThat(program.err()).contains("--tolerance must be at least 0");
    assertThat(export("nowhere", dir.resolve("out"))).isEqualTo(2);
    assertThat(program.err()).contains("no model at");
  }
}
