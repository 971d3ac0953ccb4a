package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.CheckpointWriter;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.families.Families;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every decoder family against what the published library computes on the same checkpoint.
class DecoderGoldensTest {
  private static Tensor logits(Golden golden, long[] ids) {
    Network network = golden.network();
    return network.head().logits(network.hidden(Golden.batch(ids)).states());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2", "llama", "llama-linear", "llama-dynamic", "llama-yarn", "llama-llama3", "llama-bias", "mistral", "qwen2",
        "qwen2-window", "qwen3", "gemma2", "mixtral", "qwen3_moe", "qwen3_moe-sparse", "mamba", "mamba2"
      })
  void logitsLossAndGradients_ofThePublishedCheckpoint_areThePublishedOnes(String family) {
    try (Golden golden = new Golden(family)) {
      long[] ids = golden.longs("ids");
      try (Scope _ = new Scope();
          NoGrad _ = new NoGrad()) {
        Golden.assertRows(logits(golden, ids), golden.json.path("rows"), golden.json.path("logits"));
      }
      try (Scope _ = new Scope()) {
        Network network = golden.network();
        Hidden hidden = network.hidden(Golden.batch(ids));
        int learned = ids.length - 1;
        double loss =
            ChunkedCrossEntropy.backward(
                hidden,
                hidden.states().narrow(0, 0, learned),
                network.head(),
                Arrays.copyOfRange(ids, 1, ids.length),
                ChunkedCrossEntropy.Regularisation.NONE,
                1.0 / learned,
                0);
        assertThat(loss / learned).isCloseTo(golden.json.path("loss").asDouble(), within(1e-4));
        golden.assertGradients(golden.json.path("grads"));
      }
    }
  }

  /// With dynamic scaling the published library writes other things with a cache than without: `greedy_cached` are the former.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2", "llama", "llama-linear", "llama-dynamic", "llama-yarn", "llama-llama3", "llama-bias", "mistral", "qwen2",
        "qwen2-window", "qwen3", "gemma2", "mixtral", "qwen3_moe", "qwen3_moe-sparse", "mamba", "mamba2"
      })
  void greedy_withACache_writesWhatThePublishedLibraryWrites(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      Decoder decoder = (Decoder) golden.network();
      long[] ids = golden.longs("ids");
      long[] expected = golden.longs(golden.json.has("greedy_cached") ? "greedy_cached" : "greedy");
      long[] written = new long[expected.length];
      try (Cache cache = decoder.newCache()) {
        long[] next = ids;
        for (int i = 0; i < written.length; i++) {
          Tensor hidden = decoder.next(Golden.batch(next), List.of(cache));
          Tensor logits = decoder.head().logits(hidden.narrow(0, next.length - 1, 1));
          written[i] = logits.topK(1).indices().longs()[0];
          next = new long[] {written[i]};
        }
      }
      assertThat(written).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mixtral", "qwen3_moe"})
  void routerLosses_ofAMixture_areThePublishedOnes(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope()) {
      var router = golden.json.path("router");
      long[] ids = golden.longs("ids");
      Network network = golden.network();
      Hidden hidden = network.hidden(Golden.batch(ids));
      // The published sum over the choices is twice the mean at two experts a token.
      double balance = hidden.routers().balance().orElseThrow().item();
      assertThat(2 * balance).isCloseTo(router.path("aux_loss").asDouble(), within(1e-4));
      int learned = ids.length - 1;
      ChunkedCrossEntropy.backward(
          hidden,
          hidden.states().narrow(0, 0, learned),
          network.head(),
          Arrays.copyOfRange(ids, 1, ids.length),
          ChunkedCrossEntropy.Regularisation.NONE,
          1.0 / learned,
          1);
      golden.assertGradients(router.path("grads"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2", "llama", "llama-linear", "llama-dynamic", "llama-yarn", "llama-llama3", "llama-bias", "mistral", "qwen2",
        "qwen2-window", "qwen3", "gemma2", "mixtral", "qwen3_moe", "qwen3_moe-sparse", "mamba", "mamba2"
      })
  void writtenAndReadAgain_isTheSameModel(String family, @TempDir Path dir) throws IOException {
    Path copy = dir.resolve("copy");
    ModelSpec spec;
    float[] before;
    try (Golden golden = new Golden(family);
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      spec = golden.checkpoint.spec();
      before = logits(golden, golden.longs("ids")).floats();
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      WeightNames.weights(spec).forEach(weight -> weights.put(weight.name(), golden.checkpoint.tensor(weight.name())));
      new CheckpointWriter(Families.of(spec), spec, SpecialTokens.endingWith(2), 40_000).fill(copy, weights, _ -> {}); // in shards
    }
    try (Golden again = new Golden(copy, Golden.CHECKPOINTS.resolve(family));
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      assertThat(again.checkpoint.spec()).isEqualTo(spec);
      assertThat(logits(again, again.longs("ids")).floats()).containsExactly(before);
      String type = Json.readFile(copy.resolve("config.json")).path("model_type").asString("");
      assertThat(type)
          .isEqualTo(Json.readFile(Golden.CHECKPOINTS.resolve(family).resolve("config.json")).path("model_type").asString(""));
    }
  }
}
