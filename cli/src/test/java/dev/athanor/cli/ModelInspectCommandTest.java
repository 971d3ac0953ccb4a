package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.SafeTensors;
import dev.athanor.model.StoredTensor;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ModelInspectCommandTest {
  static final Path CHECKPOINTS = Path.of("..", "model", "src", "test", "resources", "checkpoints");

  private final Program program = new Program();
  @TempDir Path dir;

  private int inspect(Path checkpoint, String... options) {
    return program.run(
        Stream.concat(Stream.of("model", "inspect", checkpoint.toString()), Stream.of(options)).toArray(String[]::new));
  }

  /// A copy that may be spoiled.
  private Path copy(String family) throws IOException {
    Path copy = Files.createDirectory(dir.resolve(family));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(CHECKPOINTS.resolve(family).resolve(file), copy.resolve(file));
    }
    return copy;
  }

  @Test
  void inspect_everyPublishedFamily_saysWhatItIs() throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(CHECKPOINTS)) {
      folders = all.toList();
    }
    assertThat(folders).hasSizeGreaterThan(25);
    for (Path folder : folders) {
      assertThat(inspect(folder)).as(program.err()).isZero();
      JsonNode config = Json.readFile(folder.resolve("config.json"));
      assertThat(program.out())
          .contains(config.path("model_type").asString(""), config.path("architectures").get(0).asString(""))
          .contains("hidden size", "parameters", "int4", "no checksums.json");
      assertThat(inspect(folder, "--json", "--tensors")).isZero();
      JsonNode json = Json.tree(program.out());
      assertThat(json.at("/model/family")).isEqualTo(config.path("model_type"));
      long parts = 0;
      for (JsonNode part : json.at("/model/parts")) {
        parts += part.path("total").asLong();
      }
      assertThat(parts).isEqualTo(json.at("/model/parameters").asLong()).isPositive();
      assertThat(json.path("tensors")).hasSize(json.at("/stored/tensors").asInt());
    }
  }

  @Test
  void inspect_gemma_tellsEveryFact() {
    assertThat(inspect(CHECKPOINTS.resolve("gemma2"))).isZero();
    assertThat(program.out())
        .contains("decoder, gemma2, 34,336 parameters")
        .contains("blocks 0, 2: 4 heads over 2 key-value heads of 8, rope θ 10,000, window of 8, scores capped at 5")
        .contains("GeGLU (tanh), 48 wide")
        .contains("RMS, ε 1e-06, weights around 0, before and after each part")
        .contains("tied to the embedding, logits capped at 3")
        .contains("F32, 142.1 KB in 1 file, 46 tensors");
  }

  @Test
  void inspect_mixture_tellsWhatATokenMeets() {
    assertThat(inspect(CHECKPOINTS.resolve("qwen3_moe-sparse"))).isZero();
    assertThat(program.out())
        .contains("53,088 parameters, of which a token meets 34,656")
        .contains("blocks 1, 3: 8 of 16 each, 2 a token, SwiGLU")
        .contains("25,088, active 6,656");
  }

  @Test
  void inspect_tensors_tellsOurNamesBesideTheirs() {
    assertThat(inspect(CHECKPOINTS.resolve("gpt2"), "--tensors")).isZero();
    assertThat(program.out())
        .contains(
            "transformer.h.0.attn.c_attn.weight  model.layers.0.self_attn.q_proj.weight + "
                + "model.layers.0.self_attn.k_proj.weight + model.layers.0.self_attn.v_proj.weight  [32×96]  F32");
    assertThat(inspect(CHECKPOINTS.resolve("llama"), "--tensors")).isZero();
    assertThat(program.out()).contains("model.norm.weight  =  [32]  F32");
  }

  @Test
  void inspect_fileAlone_tellsItsTensors() {
    assertThat(inspect(CHECKPOINTS.resolve("qwen3/model.safetensors"), "--tensors")).isZero();
    assertThat(program.out()).contains("tensors alone", "BF16", "model.norm.weight  -  [32]  BF16");
    assertThat(inspect(CHECKPOINTS.resolve("qwen3/model.safetensors"), "--json")).isZero();
    JsonNode json = Json.tree(program.out());
    assertThat(json.path("format").asString("")).isEqualTo("safetensors");
    assertThat(json.path("model").isNull()).isTrue();
    assertThat(json.path("tensors")).isEmpty();
  }

  @Test
  void inspect_folderOfOurs_tellsTokenizerAndChecksums() throws IOException {
    Path model = copy("llama");
    Tokenizers.save(new BpeTrainer(BpeTrainer.Options.of(300)).train(List.of("public class A {}"), Progress.silent()), model);
    Files.writeString(model.resolve(CheckpointDir.CHECKSUMS), "{\"config.json\": \"0\"}");
    assertThat(inspect(model)).as(program.err()).isZero();
    assertThat(program.out()).contains("BPE, ", "ends with <|endoftext|>").contains("not compared; --verify does");
    assertThat(inspect(model, "--verify")).isEqualTo(2);
    assertThat(program.err()).contains("config.json is damaged");
  }

  @Test
  void inspect_mistakes_exit2InASentence() throws IOException {
    Path empty = Files.createDirectory(dir.resolve("empty"));
    assertMistake(empty, "holds no config.json");
    assertMistake(dir.resolve("gone"), "no model at");
    assertMistake(Files.writeString(dir.resolve("model.bin"), "x"), "a pickle is a program and is not run");
    assertMistake(Files.writeString(dir.resolve("notes.txt"), "x"), "no checkpoint that Athanor reads");
    assertMistake(Files.writeString(dir.resolve("a.gguf"), "x"), "a.gguf");

    Path truncated = copy("llama");
    Path weights = truncated.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 100));
    assertMistake(truncated, "is damaged", "but the file holds");

    Path unknown = copy("qwen2");
    Files.writeString(unknown.resolve("config.json"), "{\"model_type\": \"rwkv\"}");
    assertMistake(unknown, "model_type 'rwkv' is not supported; supported are llama, mistral");

    Path pickled = copy("mistral");
    Files.move(pickled.resolve("model.safetensors"), pickled.resolve("pytorch_model.bin"));
    assertMistake(pickled, "is a pickle");
  }

  @Test
  void inspect_weightsThatDoNotFit_areNamedTogether() throws IOException {
    Path model = copy("llama");
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    try (SafeTensors stored = SafeTensors.open(model)) {
      stored.names().forEach(name -> tensors.put(name, StoredTensor.of(stored.floats(name), stored.tensor(name).shape())));
    }
    tensors.remove("model.norm.weight");
    tensors.put("extra", StoredTensor.of(new float[] {1}, 1));
    tensors.put("lm_head.weight", StoredTensor.of(new float[] {1}, 1));
    SafeTensors.write(model.resolve("model.safetensors"), tensors);
    assertMistake(
        model, "missing: model.norm.weight", "unexpected: extra", "lm_head.weight has shape [1], not [128, 32]");
  }

  private void assertMistake(Path checkpoint, String... parts) {
    assertThat(inspect(checkpoint)).isEqualTo(2);
    assertThat(program.err()).contains(parts).doesNotContain("\tat ");
    assertThat(program.out()).isEmpty();
  }
}
