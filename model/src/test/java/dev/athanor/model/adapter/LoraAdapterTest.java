package dev.athanor.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.SafeTensors;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class LoraAdapterTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final String Q = "base_model.model.model.layers.0.self_attn.q_proj.";

  @TempDir Path dir;

  private static LoraAdapter open(Path adapter, String base) {
    try (CheckpointDir checkpoint = CheckpointDir.look(RESOURCES.resolve("checkpoints").resolve(base))) {
      return LoraAdapter.open(adapter, checkpoint.family(), checkpoint.spec());
    }
  }

  private static Path published(String base) {
    return RESOURCES.resolve("adapters").resolve(base);
  }

  /// A copy of the published Llama's with changes.
  private Path changed(Consumer<ObjectNode> config, Consumer<Map<String, StoredTensor>> tensors) {
    Path from = published("llama");
    ObjectNode json = (ObjectNode) Json.readFile(from.resolve(AdapterConfig.FILE));
    config.accept(json);
    AtomicFile.writeString(dir.resolve(AdapterConfig.FILE), Json.pretty(json));
    try (SafeTensors stored = SafeTensors.open(from.resolve(LoraAdapter.FILE))) {
      Map<String, StoredTensor> all = new LinkedHashMap<>();
      stored.names().forEach(name -> all.put(name, stored.tensor(name)));
      tensors.accept(all);
      SafeTensors.write(dir.resolve(LoraAdapter.FILE), all);
    }
    return dir;
  }

  @Test
  void open_patternsAndStabilisedRanks_giveEachModuleItsRankAndScale() {
    LoraAdapter adapter = open(published("llama"), "llama");
    assertThat(adapter.config().base()).isEqualTo("tiny/llama");
    assertThat(adapter.changes()).hasSize(6);
    LowRank query = of(adapter, "model.layers.0.self_attn.q_proj.weight");
    LowRank value = of(adapter, "model.layers.1.self_attn.v_proj.weight");
    LowRank down = of(adapter, "model.layers.1.mlp.down_proj.weight");
    assertThat(query.rank()).isEqualTo(4);
    assertThat(query.scale()).isCloseTo(10 / Math.sqrt(4), within(1e-12));
    assertThat(value.rank()).isEqualTo(6);
    assertThat(value.scale()).isCloseTo(10 / Math.sqrt(6), within(1e-12));
    assertThat(down.scale()).isCloseTo(3 / Math.sqrt(4), within(1e-12));
    assertThat(adapter.parameters()).isEqualTo(adapter.changes().stream().mapToLong(c -> c.whole().a().length + c.whole().b().length).sum());
  }

  private static LowRank of(LoraAdapter adapter, String weight) {
    return adapter.weights().stream().filter(change -> change.weight().equals(weight)).findFirst().orElseThrow();
  }

  @Test
  void open_fusedTensor_givesItsPartsTheirRowsAndOneFirstHalf() {
    LoraAdapter adapter = open(published("gpt2"), "gpt2");
    LoraAdapter.Change fused =
        adapter.changes().stream().filter(change -> change.tensor().name().endsWith("h.0.attn.c_attn.weight")).findFirst().orElseThrow();
    assertThat(fused.tensor().transposed()).isTrue();
    assertThat(fused.parts()).extracting(LowRank::weight).containsExactly(
        "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight", "model.layers.0.self_attn.v_proj.weight");
    assertThat(fused.parts()).allSatisfy(part -> assertThat(part.a()).isSameAs(fused.whole().a()));
    assertThat(fused.parts().get(1).b()[0]).isEqualTo(fused.whole().b()[32 * 5]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mistral", "qwen2", "qwen3", "gemma2", "mixtral", "mamba", "mamba2"})
  void open_publishedAdapter_holdsWhatItsConfigurationTargets(String base) {
    assertThat(open(published(base), base).changes()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "use_dora, true, DoRA",
    "bias, '\"all\"', bias",
    "lora_bias, true, lora_bias",
    "modules_to_save, '[\"lm_head\"]', modules_to_save",
    "target_parameters, '[\"mlp.experts.gate_up_proj\"]', target_parameters",
    "peft_type, '\"IA3\"', only LORA",
    "init_lora_weights, '\"pissa\"', pissa",
    "kasa_config, '{\"beta\":1}', kasa_config",
    "r, 0, 'r'",
    "lora_alpha, '\"ten\"', lora_alpha",
    "rank_pattern, '{\"(\": 3}', regular expression",
  })
  void open_whatIsNotSupported_isRefusedWithTheKey(String key, String value, String told) {
    Path adapter = changed(config -> config.set(key, Json.tree(value)), _ -> {});
    assertThatThrownBy(() -> open(adapter, "llama"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(AdapterConfig.FILE)
        .hasMessageContaining(told);
  }

  @Test
  void open_tensorsThatDoNotFit_tellsAllOfThem() {
    Path adapter =
        changed(
            _ -> {},
            tensors -> {
              tensors.remove(Q + "lora_B.weight");
              tensors.remove("base_model.model.model.layers.1.mlp.down_proj.lora_A.weight");
              tensors.remove("base_model.model.model.layers.1.mlp.down_proj.lora_B.weight");
              tensors.put("base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight", StoredTensor.of(new float[6], 2, 3));
              tensors.put("base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight", StoredTensor.of(new float[4], 2, 2));
              tensors.put("base_model.model.model.embed_tokens.lora_embedding_A", StoredTensor.of(new float[4], 2, 2));
              tensors.put(
                  "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight",
                  StoredTensor.of(nans(4 * 32), 4, 32));
            });
    assertThatThrownBy(() -> open(adapter, "llama"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(LoraAdapter.FILE)
        .hasMessageContaining("tiny/llama")
        .hasMessageContaining("missing: " + Q + "lora_B.weight")
        .hasMessageContaining("layers.1.mlp.down_proj.lora_A.weight")
        .hasMessageContaining("v_proj.lora_A.weight has shape [2, 3], not [6, 32]")
        .hasMessageContaining("layers.9.self_attn.q_proj.lora_A.weight")
        .hasMessageContaining("lora_embedding_A")
        .hasMessageContaining("holds NaN");
  }

  private static float[] nans(int count) {
    float[] values = new float[count];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  @Test
  void open_anotherBase_namesTheTensorsAndTheBaseThatTheFileNames() {
    assertThatThrownBy(() -> open(published("gpt2"), "llama"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("family 'llama'")
        .hasMessageContaining("tiny/gpt2")
        .hasMessageContaining("c_attn");
    assertThatThrownBy(() -> open(published("llama"), "gemma2")).isInstanceOf(UserException.class).hasMessageContaining("has shape");
  }

  @Test
  void open_folderWithoutAdapter_saysWhatIsMissing() throws IOException {
    assertThatThrownBy(() -> open(dir.resolve("none"), "llama")).hasMessageContaining("does not exist");
    assertThatThrownBy(() -> open(dir, "llama")).hasMessageContaining(AdapterConfig.FILE);
    Files.copy(published("llama").resolve(AdapterConfig.FILE), dir.resolve(AdapterConfig.FILE));
    assertThatThrownBy(() -> open(dir, "llama")).hasMessageContaining("no " + LoraAdapter.FILE);
    Files.createFile(dir.resolve("adapter_model.bin"));
    assertThatThrownBy(() -> open(dir, "llama")).hasMessageContaining("pickle");
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void merge_adapter_addsItsProductsAndLeavesTheRest(String base) throws IOException {
    Path from = RESOURCES.resolve("checkpoints").resolve(base);
    try (CheckpointDir checkpoint = CheckpointDir.open(from)) {
      LoraAdapter adapter = open(published(base), base);
      MergedAdapter.of(checkpoint, adapter, Optional.empty(), 10_000).fill(dir.resolve("merged"), _ -> {});
      Map<String, LowRank> changes = new LinkedHashMap<>();
      adapter.weights().forEach(change -> changes.put(change.weight(), change));
      try (CheckpointDir merged = CheckpointDir.open(dir.resolve("merged"))) {
        assertThat(merged.spec()).isEqualTo(checkpoint.spec());
        assertThat(merged.stored().files()).hasSizeGreaterThan(1);
        int changed = 0;
        for (var weight : WeightNames.weights(checkpoint.spec())) {
          float[] before = checkpoint.floats(weight.name());
          float[] after = merged.floats(weight.name());
          LowRank change = changes.get(weight.name());
          if (change == null) {
            assertThat(after).isEqualTo(before);
          } else {
            changed++;
            assertThat(after).containsExactly(sum(before, change), within(1e-6f));
          }
        }
        assertThat(changed).isEqualTo(changes.size()).isPositive();
        assertThat(merged.tensor("model.layers.0.self_attn.q_proj.weight").dtype()).isEqualTo(DType.F32);
      }
    }
  }

  private static float[] sum(float[] weight, LowRank change) {
    float[] sum = weight.clone();
    for (int row = 0; row < change.out(); row++) {
      for (int column = 0; column < change.in(); column++) {
        for (int r = 0; r < change.rank(); r++) {
          sum[row * change.in() + column] +=
              (float) (change.scale() * change.b()[row * change.rank() + r] * change.a()[r * change.in() + column]);
        }
      }
    }
    return sum;
  }

  @Test
  void targets_listsPatternsAndLayers_areThePublishedWords() {
    AdapterConfig config = AdapterConfig.read(published("mistral"));
    AdapterConfig.Targets targets = config.targets().orElseThrow();
    assertThat(List.of("model.layers.1.self_attn.k_proj", "model.layers.1.self_attn.o_proj")).allMatch(targets::has);
    assertThat(List.of("model.layers.0.self_attn.k_proj", "model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.ok_proj"))
        .noneMatch(targets::has);
    AdapterConfig.Targets pattern = AdapterConfig.read(published("qwen3")).targets().orElseThrow();
    assertThat(pattern.has("model.layers.1.mlp.gate_proj")).isTrue();
    assertThat(pattern.has("model.layers.1.mlp.down_proj")).isFalse();
  }
}
