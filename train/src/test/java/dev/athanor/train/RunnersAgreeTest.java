package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Slice;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.nn.ChunkedCrossEntropy;
import dev.athanor.nn.Decoder;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is trained is what is served: the LibTorch decoder and the SIMD engine on one checkpoint, within 1e-3 (in truth, the
/// rounding of f32).
class RunnersAgreeTest {
  @ParameterizedTest(name = "qkNorm {0}, qkvBias {1}, tied {2}, look-ups {3}")
  @CsvSource({
    "false,false,true,false",
    "false,false,false,false",
    "false,true,true,false",
    "true,false,true,false",
    "true,false,false,false",
    "true,false,true,true",
    "true,false,false,true"
  })
  void logitsAndScores_ofOneCheckpoint_agree(
      boolean qkNorm, boolean qkvBias, boolean tied, boolean lookups, @TempDir Path dir) {
    DecoderSpec plain = TinyModels.spec(qkNorm, qkvBias, tied);
    DecoderSpec spec = lookups ? TinyModels.withLookups(plain) : plain;
    int[] ids = new Random(1).ints(50, 0, TinyModels.VOCABULARY).toArray();
    Path folder = dir.resolve("model");
    float[] logits;
    float[] losses;
    try (Parameters trained = TinyModels.parameters(spec, 2)) {
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      trained.byName().forEach((name, weight) -> weights.put(name, StoredTensor.of(weight.floats(), weight.shape())));
      CheckpointDir.write(folder, spec, SpecialTokens.endingWith(2), weights, _ -> {});
    }
    try (CheckpointDir checkpoint = CheckpointDir.open(folder)) {
      assertThat(checkpoint.decoder()).isEqualTo(spec);
      Map<String, float[]> values = new HashMap<>();
      dev.athanor.model.WeightNames.weights(spec).forEach(w -> values.put(w.name(), checkpoint.floats(w.name())));
      try (Parameters read = Parameters.of(spec, values);
          Scope _ = new Scope();
          NoGrad _ = new NoGrad()) {
        Decoder decoder = new Decoder(spec, read);
        long[] wide = Arrays.stream(ids).asLongStream().toArray();
        Tensor hidden = decoder.hidden(new TokenBatch(wide, new int[] {50})).states();
        logits = hidden.linear(decoder.head().weight_VC()).floats();
        losses =
            ChunkedCrossEntropy.losses(
                hidden.narrow(0, 0, 49), decoder.head().weight_VC(), Arrays.copyOfRange(wide, 1, 50));
      }
    }
    try (CpuRunner runner = CpuRunner.open(folder, 1)) {
      Logits served = runner.forward(List.of(new Slice(runner.newCache(), ids, 0, 50, 50)));
      List<float[]> together = IntStream.range(0, 50).mapToObj(served::copy).toList();
      for (int t = 0; t < 50; t++) {
        float[] expected = Arrays.copyOfRange(logits, t * TinyModels.VOCABULARY, (t + 1) * TinyModels.VOCABULARY);
        assertThat(together.get(t)).containsExactly(expected, within(1e-3f));
      }
      KvCache cache = runner.newCache();
      for (int t = 0; t < 50; t++) { // token by token, as it generates: an n-gram reaches back into the cache
        Logits one = runner.forward(List.of(new Slice(cache, new int[] {ids[t]}, 0, 1, 1)));
        assertThat(one.copy(0)).containsExactly(together.get(t));
      }
      float[] scores = runner.score(List.of(ids)).getFirst();
      for (int t = 0; t < 49; t++) {
        assertThat(scores[t]).isCloseTo(-losses[t], within(1e-3f));
      }
    }
  }
}
