package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class QuantizeCommandTest {
  private static final String TEXT = "public class A { int half(int x) { return x / 2; } }\n".repeat(30);

  private final Program program = new Program();
  @TempDir Path dir;
  private Path model = Path.of("");

  /// A fresh Llama that reads Java.
  @BeforeEach
  void makeModel() throws IOException {
    Path tokenizer = Files.createDirectory(dir.resolve("tokenizer"));
    Tokenizers.save(new BpeTrainer(BpeTrainer.Options.of(300)).train(List.of(TEXT), Progress.silent()), tokenizer);
    model = dir.resolve("model");
    int status =
        program.run(
            "model", "new", "--out", model.toString(), "--family", "llama", "--vocab-size", "300", "--hidden-size", "64", "--layers", "2",
            "--heads", "4", "--kv-heads", "2", "--intermediate-size", "96", "--context", "64", "--tokenizer", tokenizer.toString());
    assertThat(status).as(program.err()).isZero();
  }

  private int quantize(String... options) {
    List<String> arguments = new ArrayList<>(List.of("quantize", model.toString()));
    arguments.addAll(List.of(options));
    return program.run(arguments.toArray(String[]::new));
  }

  private Path text(String name) throws IOException {
    return Files.writeString(dir.resolve(name), TEXT);
  }

  private static float[] scores(CheckpointDir dir) {
    try (CpuRunner runner = CpuRunner.of(dir, CpuOptions.of(1))) {
      return runner.score(List.of(new int[] {1, 5, 9, 100, 3, 7, 250})).getFirst();
    }
  }

  @Test
  void quantize_onItsOwnTexts_writesAsManyAsAskedFor() {
    assertThat(quantize("--method", "gptq", "--tokens", "100", "--output", dir.resolve("small").toString())).as(program.err()).isZero();
    // Two texts of the context's 64 tokens, without what they begin behind.
    assertThat(program.out()).contains("calibrated on 126 tokens that the model wrote itself");
  }

  @Test
  void quantize_roundingWithAText_saysThatItIsNotReadAndPlanKnowsTheFormat() throws IOException {
    Path out = dir.resolve("small");
    assertThat(quantize("--method", "rtn", "--calibration", text("a.txt").toString(), "--output", out.toString())).as(program.err()).isZero();
    assertThat(program.out()).contains("int4 rtn looks at no text");
    assertThat(program.run("plan", out.toString(), "--serve")).as(program.err()).isZero();
    assertThat(program.out()).contains("to serve: int4 weights");
    assertThat(program.run("plan", model.toString(), "--serve")).as(program.err()).isZero();
    assertThat(program.out()).contains("to serve: f32 weights");
  }

  @Test
  void quantize_toAFolder_thatRunsAndConvertsBack() {
    Path out = dir.resolve("small");
    assertThat(quantize("--method", "rtn", "--keep", "layers.0=int8,mlp.up_proj=bf16", "--output", out.toString())).as(program.err()).isZero();
    assertThat(program.out()).contains("wrote " + out);
    Path back = dir.resolve("back");
    assertThat(program.run("model", "convert", out.toString(), back.toString())).as(program.err()).isZero();
    assertThat(program.run("model", "inspect", out.toString(), "--verify", "--tensors")).as(program.err()).isZero();
    assertThat(program.out()).contains("model.layers.1.self_attn.q_proj.weight_packed", "I32");
    try (CheckpointDir quantized = CheckpointDir.open(out);
        CheckpointDir widened = CheckpointDir.open(back);
        CheckpointDir original = CheckpointDir.open(model)) {
      assertThat(((QuantizedMatrix) quantized.weight(WeightNames.block(0).q())).bits()).isEqualTo(QuantizedMatrix.Bits.INT8);
      assertThat(((QuantizedMatrix) quantized.weight(WeightNames.block(1).q())).bits()).isEqualTo(QuantizedMatrix.Bits.INT4);
      assertThat(((QuantizedMatrix) quantized.weight(WeightNames.embedding())).bits()).isEqualTo(QuantizedMatrix.Bits.INT8);
      assertThat(quantized.weight(WeightNames.block(1).up())).isNotInstanceOf(QuantizedMatrix.class);
      for (WeightSpec weight : WeightNames.weights(quantized.spec())) {
        assertThat(widened.floats(weight.name())).as(weight.name()).isEqualTo(quantized.floats(weight.name()));
      }
      assertThat(quantized.floats(WeightNames.block(1).q())).isNotEqualTo(original.floats(WeightNames.block(1).q()));
      assertThat(scores(quantized)).isNotEqualTo(scores(original));
      assertThat(Tokenizers.load(out).vocabSize()).isEqualTo(Tokenizers.load(model).vocabSize());
    }
    assertThat(program.run("quantize", out.toString())).isEqualTo(2);
    assertThat(program.err()).contains(out + " is quantized already");
  }

  @Test
  void quantize_toGgufAndToAFolder_findTheSameCodes() throws IOException {
    Path folder = dir.resolve("small");
    Path file = dir.resolve("small.gguf");
    String text = text("train.txt").toString();
    assertThat(quantize("--method", "gptq", "--calibration", text, "--output", folder.toString())).as(program.err()).isZero();
    assertThat(program.out()).contains("calibrated on ", " tokens of " + text);
    assertThat(quantize("--method", "gptq", "--calibration", text, "--output", file.toString())).as(program.err()).isZero();
    try (CheckpointDir first = CheckpointDir.open(folder);
        GgufModel second = GgufModel.open(file)) {
      int matrices = 0;
      for (WeightSpec weight : WeightNames.weights(first.spec())) {
        if (first.weight(weight.name()) instanceof QuantizedMatrix matrix) {
          assertThat(second.weight(weight.name())).as(weight.name()).isEqualTo(matrix);
          matrices++;
        }
      }
      assertThat(matrices).isGreaterThan(14);
    }
  }

  @Test
  void quantize_withoutCalibration_looksAtWhatTheModelWrites() {
    assertThat(quantize("--tokens", "500", "--threads", "1")).as(program.err()).isZero();
    assertThat(program.out()).contains("tokens that the model wrote itself (temperature 1)", "wrote ", "model-int4-awq-gptq");
    assertThat(dir.resolve("model-int4-awq-gptq").resolve("config.json")).exists();
  }

  @Test
  void quantize_compared_reportsEveryVariant() throws IOException {
    Path text = text("held-out.txt");
    Files.writeString(dir.resolve("train.jsonl"), Json.write(Map.of("text", TEXT)) + "\n");
    int status =
        quantize(
            "--calibration", dir.resolve("train.jsonl").toString(), "--evaluate", text.toString(), "--evaluate-tokens", "150",
            "--compare", "--kv", "--output", dir.resolve("small").toString());
    assertThat(status).as(program.err()).isZero();
    assertThat(program.out()).contains("perplexity", "int8 rtn", "int4 awq-gptq", "f32, keys and values int8");
    JsonNode report = Json.readFile(dir.resolve("small.report.json"));
    assertThat(report.path("tokens").asInt()).isEqualTo(150);
    List<String> names = new ArrayList<>();
    report.path("variants").forEach(variant -> names.add(variant.path("name").asString()));
    assertThat(names)
        .containsExactly(
            "f32", "int8 rtn", "int4 rtn", "int4 awq", "int4 gptq", "int4 awq-gptq", "f32, keys and values f16", "f32, keys and values int8");
    JsonNode original = report.path("variants").path(0);
    assertThat(original.path("kl").asDouble()).isZero();
    assertThat(original.path("agreement").asDouble()).isEqualTo(1);
    for (JsonNode variant : report.path("variants")) {
      assertThat(variant.path("perplexity").asDouble()).isBetween(1.0, 400.0);
      assertThat(variant.path("decode").asDouble()).isPositive();
    }
    assertThat(report.path("variants").path(1).path("kl").asDouble()).isBetween(1e-12, report.path("variants").path(2).path("kl").asDouble());
    assertThat(report.path("variants").path(2).path("memoryBytes").asLong()).isLessThan(original.path("memoryBytes").asLong() / 2);
    assertThat(Files.readString(dir.resolve("small.report.html"))).contains("quantization report", "<svg", "int4 gptq").doesNotContain(" src=", "<link");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--calibration missing.txt | no such file: missing.txt",
        "--evaluate missing.txt | no such file: missing.txt",
        "--compare | --compare, --kv and --report go with --evaluate",
        "--method best | --method is one of rtn, awq, gptq, awq-gptq, not 'best'",
        "--weights f16 | --weights is int8 or int4 here, not 'f16'",
        "--weights int5 | --weights is int8 or int4 here, not 'int5'",
        "--keep layers.7=int8 | no weight is named 'layers.7'; there are head, layers.0 to layers.1",
        "--keep head=int5 | --keep head is one of f32, f16, bf16, int8, int4, not 'int5'",
        "--format zip | --format is one of folder, gguf, not 'zip'",
        "--format gguf --output some/folder | --format gguf does not go with --output some/folder",
        "--tokens 0 | --tokens must be at least 1, not 0",
        "--threads -1 | --threads must be at least 1, not -1"
      })
  void quantize_whatCannotBe_saysWhyBeforeAnyWork(String options, String why) {
    assertThat(quantize(options.split(" "))).isEqualTo(2);
    assertThat(program.err()).contains(why).doesNotContain("\tat ");
  }

  @Test
  void quantize_outputThatExists_isReplacedOnlyWhenForced() {
    assertThat(quantize("--method", "rtn", "--output", model.toString())).isEqualTo(2);
    assertThat(program.err()).contains("the output is the input");
    Path out = dir.resolve("small");
    assertThat(quantize("--method", "rtn", "--output", out.toString())).isZero();
    assertThat(quantize("--method", "rtn", "--output", out.toString())).isEqualTo(2);
    assertThat(program.err()).contains("is there already; --force replaces it");
    assertThat(quantize("--method", "rtn", "--output", out.toString(), "--force")).as(program.err()).isZero();
  }

  @Test
  void quantize_otherKinds_areRefused() {
    Path checkpoints = ModelInspectCommandTest.CHECKPOINTS;
    assertThat(program.run("quantize", checkpoints.resolve("bert").toString(), "--output", dir.resolve("x").toString())).isEqualTo(2);
    assertThat(program.err()).contains("holds a model of kind 'encoder'; what is asked for needs a decoder");
    assertThat(program.run("quantize", checkpoints.resolve("llama").toString(), "--output", dir.resolve("x").toString())).isEqualTo(2);
    assertThat(program.err()).contains("has no tokenizer.json to read a text with; --method rtn needs none");
    assertThat(program.run("quantize", "some.gguf")).isEqualTo(2);
    assertThat(program.err()).contains("is a GGUF file; make a folder of it first");
    assertThat(program.run("quantize", dir.resolve("nothing").toString())).isEqualTo(2);
    assertThat(program.err()).contains("no model folder");
  }
}
