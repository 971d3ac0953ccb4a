package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.SafeTensors;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ModelConvertCommandTest {
  private static final Path CHECKPOINTS = ModelInspectCommandTest.CHECKPOINTS;

  private final Program program = new Program();
  @TempDir Path dir;

  private int convert(Path in, Path out, String... options) {
    List<String> arguments = new ArrayList<>(List.of("model", "convert", in.toString(), out.toString()));
    arguments.addAll(List.of(options));
    return program.run(arguments.toArray(String[]::new));
  }

  private Path converted(Path in, String name, String... options) {
    Path out = dir.resolve(name);
    assertThat(convert(in, out, options)).as(program.err()).isZero();
    assertThat(program.out()).contains("wrote " + out);
    return out;
  }

  private Path copy(String family) throws IOException {
    Path copy = Files.createDirectory(dir.resolve("copy-of-" + family));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(CHECKPOINTS.resolve(family).resolve(file), copy.resolve(file));
    }
    return copy;
  }

  @Test
  void convert_everyPublishedFamily_toBf16AndBack() throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(CHECKPOINTS)) {
      folders = all.toList();
    }
    assertThat(folders).hasSizeGreaterThan(25);
    for (Path folder : folders) {
      String name = String.valueOf(folder.getFileName());
      Path half = converted(folder, name + "-half", "--dtype", "bf16");
      Path back = converted(half, name + "-back", "--dtype", "f32", "--shard-size", "50KB");
      try (CheckpointDir original = CheckpointDir.open(folder);
          CheckpointDir again = CheckpointDir.open(back)) {
        assertThat(again.spec()).isEqualTo(original.spec());
        assertThat(again.special()).isEqualTo(original.special());
        assertThat(again.stored().names()).as(name).containsExactlyInAnyOrderElementsOf(original.stored().names());
        for (WeightSpec weight : WeightNames.weights(original.spec())) {
          float[] values = original.floats(weight.name());
          assertThat(again.floats(weight.name()))
              .as(name + " " + weight.name())
              .containsExactly(StoredTensor.of(DType.BF16, values, weight.shape()).floats());
        }
      }
      assertThat(half.resolve("golden.json")).hasSameTextualContentAs(folder.resolve("golden.json"));
    }
  }

  @Test
  void convert_folder_keepsEveryKeyButTheDtype() {
    Path half = converted(CHECKPOINTS.resolve("llava"), "half", "--dtype", "f16");
    ObjectNode before = (ObjectNode) Json.readFile(CHECKPOINTS.resolve("llava/config.json"));
    JsonNode after = Json.readFile(half.resolve("config.json"));
    assertThat(after.path("dtype").asString("")).isEqualTo("float16");
    before.put("dtype", "float16");
    assertThat(after).isEqualTo(before);
  }

  @Test
  void convert_withoutDtype_keepsTheBytesOfEveryTensor() throws IOException {
    Path source = copy("gpt2");
    Map<String, StoredTensor> tensors = new HashMap<>();
    try (SafeTensors stored = SafeTensors.open(source)) {
      stored.names().forEach(name -> tensors.put(name, StoredTensor.of(stored.floats(name), stored.tensor(name).shape())));
    }
    // What old checkpoints also hold: a mask, and one more number for it.
    tensors.put("transformer.h.0.attn.bias", StoredTensor.of(new float[] {1, 0, 1, 1}, 1, 1, 2, 2));
    tensors.put("transformer.h.0.attn.masked_bias", StoredTensor.of(new float[] {-10_000.5f}));
    SafeTensors.write(source.resolve("model.safetensors"), tensors);
    Files.writeString(source.resolve("merges.txt"), "a b");
    Files.writeString(source.resolve("pytorch_model.bin"), "a program");
    Path shards = converted(source, "shards", "--shard-size", "30KB");
    try (SafeTensors before = SafeTensors.open(source);
        SafeTensors after = SafeTensors.open(shards)) {
      assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
      assertThat(after.files()).hasSizeGreaterThan(2);
      for (String name : before.names()) {
        assertThat(after.floats(name)).as(name).containsExactly(before.floats(name));
      }
    }
    assertThat(shards.resolve("merges.txt")).hasContent("a b");
    assertThat(shards.resolve("config.json")).hasSameTextualContentAs(source.resolve("config.json"));
    assertThat(shards.resolve("pytorch_model.bin")).doesNotExist();
    Path half = converted(source, "half", "--dtype", "f16");
    try (SafeTensors after = SafeTensors.open(half)) {
      assertThat(after.tensor("transformer.h.0.attn.bias").dtype()).isEqualTo(DType.F16);
      assertThat(after.floats("transformer.h.0.attn.masked_bias")).containsExactly(-10_000.5f);
    }
  }

  @Test
  void convert_toGgufAndBack_isTheSameModelWithItsTokenizer() throws IOException {
    Path source = withTokenizer();
    Path gguf = converted(source, "model.gguf", "--type", "f32");
    Path back = converted(gguf, "back");
    try (CheckpointDir before = CheckpointDir.open(source);
        CheckpointDir after = CheckpointDir.open(back)) {
      assertThat(after.spec()).isEqualTo(before.spec());
      assertThat(after.special().eos()).containsExactlyInAnyOrderElementsOf(before.special().eos());
      for (WeightSpec weight : WeightNames.weights(before.spec())) {
        assertThat(after.floats(weight.name())).as(weight.name()).containsExactly(before.floats(weight.name()));
      }
      assertThat(Tokenizers.load(back).encode("public class 丹炉")).containsExactly(Tokenizers.load(source).encode("public class 丹炉"));
    }
    Path bare = converted(source, "bare.gguf", "--type", "q8_0", "--without-tokenizer");
    try (GgufModel model = GgufModel.open(bare)) {
      assertThat(model.hasTokenizer()).isFalse();
    }
    assertThat(program.run("model", "inspect", gguf.toString(), "--tensors")).as(program.err()).isZero();
    assertThat(program.out())
        .contains("decoder, llama", "GGUF llama", "BPE, ", "ends with <|endoftext|>", "F32")
        .contains("blk.0.attn_q.weight  model.layers.0.self_attn.q_proj.weight");
    assertThat(program.run("model", "inspect", bare.toString())).isZero();
    assertThat(program.out()).contains("Q8_0 ", "tokenizer                 none");
  }

  private Path withTokenizer() {
    Path tokenizer = dir.resolve("tokenizer");
    Tokenizers.save(
        new BpeTrainer(BpeTrainer.Options.of(300)).train(List.of("public class A {}"), Progress.silent()), tokenizer);
    Path source = dir.resolve("source");
    assertThat(
            program.run(
                "model", "new", "--family", "llama", "--tokenizer", tokenizer.toString(), "--hidden-size", "32", "--layers", "2",
                "--heads", "4", "--intermediate-size", "64", "--out", source.toString()))
        .as(program.err())
        .isZero();
    return source;
  }

  @Test
  void convert_ggufWithoutDtype_isF32WhereItsNumbersAreQuantized() {
    Path gguf = converted(CHECKPOINTS.resolve("qwen3"), "q.gguf", "--type", "q8_0");
    Path folder = converted(gguf, "folder");
    Path half = converted(gguf, "half", "--dtype", "f16");
    try (CheckpointDir whole = CheckpointDir.open(folder);
        CheckpointDir rounded = CheckpointDir.open(half);
        GgufModel quantized = GgufModel.open(gguf)) {
      for (WeightSpec weight : WeightNames.weights(whole.spec())) {
        assertThat(whole.tensor(weight.name()).dtype()).isEqualTo(DType.F32);
        assertThat(whole.floats(weight.name())).containsExactly(quantized.floats(weight.name()));
        assertThat(rounded.tensor(weight.name()).dtype()).isEqualTo(DType.F16);
      }
    }
  }

  @Test
  void convert_whatDtypeCannotHold_namesTheWeightAndLeavesNothing() throws IOException {
    Path source = copy("llama");
    Map<String, StoredTensor> tensors = new HashMap<>();
    try (SafeTensors stored = SafeTensors.open(source)) {
      stored.names().forEach(name -> tensors.put(name, StoredTensor.of(stored.floats(name), stored.tensor(name).shape())));
    }
    float[] norm = new float[32];
    Arrays.fill(norm, 1e6f);
    tensors.put("model.norm.weight", StoredTensor.of(norm, 32));
    SafeTensors.write(source.resolve("model.safetensors"), tensors);
    Path out = dir.resolve("out");
    assertThat(convert(source, out, "--dtype", "f16")).isEqualTo(2);
    assertThat(program.err()).contains("'model.norm.weight' holds", "beyond F16; choose bf16 or f32");
    assertThat(dir.toFile().list()).containsExactlyInAnyOrder("copy-of-llama");
    assertThat(convert(source, out, "--dtype", "bf16")).isZero();
  }

  @Test
  void convert_ontoItselfOrOthers_isRefused() throws IOException {
    Path source = copy("llama");
    assertMistake(source, source, "the output is the input");
    assertMistake(source, source.resolve("inner"), "lie in one another");
    assertMistake(source, dir, "lie in one another");
    Path other = copy("qwen2");
    assertMistake(source, other, "is there already; --force replaces it");
    assertThat(convert(source, other, "--force")).isZero();
    assertThat(Json.readFile(other.resolve("config.json")).path("model_type").asString("")).isEqualTo("llama");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "llama | out | --type q8_0 | --type is of GGUF files",
        "llama | out | --without-tokenizer | goes with GGUF",
        "llama | out.gguf | --dtype bf16 --shard-size 1GB | --dtype is of folders; a GGUF file takes --type; --shard-size is of folders",
        "llama | out.gguf | --type q2_k | 'q2_k' is none of f32, f16, q4_0, q8_0, bf16",
        "mistral | out.gguf | --type f16 | a sliding window of 8",
        "t5 | out.gguf | --type f16 | this model is of kind 'encoder-decoder'",
        "nowhere | out | --dtype bf16 | no model at",
        "llama/model.safetensors | out | --dtype bf16 | is no whole model"
      })
  void convert_mistakes_exit2InASentence(String in, String out, String options, String message) {
    assertMistake(CHECKPOINTS.resolve(in), dir.resolve(out), message, options.split(" ", -1));
    assertThat(dir.toFile().list()).isEmpty();
  }

  @Test
  void convert_damagedInput_isRefused() throws IOException {
    Path source = copy("llama");
    Path weights = source.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length / 2));
    assertMistake(source, dir.resolve("out"), "is damaged");
    Path gguf = converted(CHECKPOINTS.resolve("llama"), "whole.gguf");
    byte[] file = Files.readAllBytes(gguf);
    Path half = Files.write(dir.resolve("half.gguf"), Arrays.copyOf(file, file.length / 2));
    assertMistake(half, dir.resolve("out"), "is damaged");
  }

  private void assertMistake(Path in, Path out, String message, String... options) {
    assertThat(convert(in, out, options)).isEqualTo(2);
    assertThat(program.err()).contains(message).doesNotContain("\tat ");
  }
}
