package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.model.Mixer.Attention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointDirTest {
  private static final Path PUBLISHED = Path.of("src/test/resources/checkpoints");
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void open_published_readsSpecAndWritesItBack(String family) {
    try (CheckpointDir published = CheckpointDir.open(PUBLISHED.resolve(family))) {
      DecoderSpec spec = published.decoder();
      assertThat(spec.attention().qkvBias()).isEqualTo(family.equals("qwen2"));
      assertThat(spec.attention().qkNorm()).isEqualTo(family.equals("qwen3"));
      assertThat(spec.attention().headDim()).isEqualTo(family.equals("qwen3") ? 12 : 8);
      assertThat(spec.attention().rope().orElseThrow().theta()).isEqualTo(family.equals("qwen3") ? 1e6 : 1e4);
      assertThat(spec.tiedHead()).isEqualTo(!family.equals("llama"));
      assertThat(published.special().eos()).containsExactly(2);
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      WeightNames.weights(spec).forEach(w -> weights.put(w.name(), published.tensor(w.name())));
      Path dir = temp.resolve("m");
      CheckpointDir.write(dir, spec, published.special(), weights, d -> Files.writeString(d.resolve("t.json"), "{}"));
      try (CheckpointDir again = CheckpointDir.open(dir)) {
        assertThat(again.spec()).isEqualTo(spec);
        assertThat(again.special()).isEqualTo(published.special());
        assertThat(again.sha256()).isEqualTo(Sha256.of(dir.resolve("model.safetensors")));
        assertThat(again.floats(WeightNames.embedding())).containsExactly(published.floats(WeightNames.embedding()));
      }
      assertThat(temp.toFile().list()).containsExactly("m");
    }
  }

  @Test
  void open_flippedByte_namesFileAndBothDigests() throws IOException {
    Path dir = written();
    Path file = dir.resolve("model.safetensors");
    String expected = Sha256.of(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> CheckpointDir.open(dir).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(expected)
        .hasMessageContaining(Sha256.of(bytes));
  }

  @Test
  void open_missingFolderOrConfig_saysSo() {
    assertThatThrownBy(() -> CheckpointDir.open(temp.resolve("no")).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> CheckpointDir.open(temp).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no config.json");
  }

  @Test
  void open_missingUnexpectedAndMisshapenWeights_areNamedTogether() throws IOException {
    Path dir = written();
    Files.delete(dir.resolve(CheckpointDir.CHECKSUMS));
    Map<String, StoredTensor> weights = weights(SPEC);
    weights.remove("model.layers.0.mlp.up_proj.weight");
    weights.put("other", StoredTensor.of(new float[] {1}, 1));
    weights.put(WeightNames.finalNorm(), StoredTensor.of(new float[] {1}, 1));
    SafeTensors.write(dir.resolve("model.safetensors"), weights);
    assertThatThrownBy(() -> CheckpointDir.open(dir).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("missing: model.layers.0.mlp.up_proj.weight")
        .hasMessageContaining("unexpected: other")
        .hasMessageContaining("model.norm.weight has shape [1], not [8]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"llama\" | \"gptj\" | supported are llama, mistral, qwen2, qwen3",
        "silu | softsign | supported are silu, gelu",
        "\"hidden_size\" | \"x\" | 'hidden_size' is missing",
        "\"attention_bias\" : false | \"attention_bias\" : \"no\" | 'attention_bias' must be true or false",
        "\"attention_bias\" : false | \"attention_bias\" : true | missing: model.layers.0.self_attn.q_proj.bias",
        "\"rope_scaling\" : null | \"rope_scaling\" : {\"type\" : \"longrope\"} | rope scaling 'longrope'",
        "\"rope_scaling\" : null | \"rope_scaling\" : {\"type\" : \"linear\"} | needs a 'factor'",
        "\"num_key_value_heads\" : 1 | \"num_key_value_heads\" : 3 | multiple of numKvHeads"
      })
  void open_unsupportedConfig_saysWhatIsSupported(String from, String to, String message) throws IOException {
    Path dir = written();
    Files.delete(dir.resolve(CheckpointDir.CHECKSUMS));
    Path config = dir.resolve(CheckpointDir.CONFIG);
    String json = Files.readString(config);
    assertThat(json).contains(from);
    Files.writeString(config, json.replace(from, to));
    assertThatThrownBy(() -> CheckpointDir.open(dir).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(message);
  }

  @Test
  void open_pickledWeights_areRefusedBecauseTheyAreAProgram() throws IOException {
    Path dir = written();
    Files.delete(dir.resolve(CheckpointDir.CHECKSUMS));
    Files.move(dir.resolve("model.safetensors"), dir.resolve("pytorch_model.bin"));
    assertThatThrownBy(() -> CheckpointDir.open(dir).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("pytorch_model.bin is a pickle")
        .hasMessageContaining(".safetensors");
  }

  /// Published CLIP and BERT files hold whole numbers beside their weights.
  @Test
  void open_positionsStoredAsWholeNumbers_areLeftAside() throws IOException {
    Path dir = temp.resolve("bert");
    Files.createDirectories(dir);
    Path published = PUBLISHED.resolve("bert");
    Files.copy(published.resolve("config.json"), dir.resolve("config.json"));
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    try (SafeTensors read = SafeTensors.open(published)) {
      read.names().forEach(name -> tensors.put(name, read.tensor(name)));
      java.lang.foreign.MemorySegment two = java.lang.foreign.MemorySegment.ofArray(new byte[16]);
      tensors.put("bert.embeddings.position_ids", new StoredTensor(DType.I64, new long[] {1, 2}, two));
      SafeTensors.write(dir.resolve("model.safetensors"), tensors);
    }
    try (CheckpointDir checkpoint = CheckpointDir.open(dir)) {
      assertThat(checkpoint.spec()).isInstanceOf(EncoderSpec.class);
    }
  }

  private static final DecoderSpec SPEC =
      DecoderSpec.uniform(
          16,
          8,
          1,
          32,
          new Attention(2, 1, 4, new Rope(10_000), false, false),
          new FeedForward.Gated(12),
          new Norm.Rms(1e-6),
          true);

  private Path written() {
    Path dir = temp.resolve("model");
    CheckpointDir.write(dir, SPEC, SpecialTokens.endingWith(3), weights(SPEC), d -> {});
    return dir;
  }

  private static Map<String, StoredTensor> weights(DecoderSpec spec) {
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    for (WeightSpec w : WeightNames.weights(spec)) {
      weights.put(w.name(), StoredTensor.of(new float[(int) StoredTensor.elements(w.shape())], w.shape()));
    }
    return weights;
  }
}
