package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.inference.plain.PlainDecoder;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CpuRunnerTest {
  static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void forward_publishedFamily_agreesWithTransformers(String family) {
    JsonNode golden = Json.readFile(CHECKPOINTS.resolve(family).resolve("golden.json"));
    int[] ids = ints(golden.path("ids"));
    try (CpuRunner runner = CpuRunner.open(CHECKPOINTS.resolve(family), 2)) {
      Logits logits = runner.forward(List.of(new Slice(runner.newCache(), ids, 0, ids.length, ids.length)));
      int[] rows = ints(golden.path("rows"));
      for (int r = 0; r < rows.length; r++) {
        float[] row = logits.copy(rows[r]);
        for (int i = 0; i < row.length; i++) {
          assertThat((double) row[i]).isCloseTo(golden.path("logits").get(r).get(i).asDouble(), within(1e-4));
        }
      }
      int[] greedy = ints(golden.path("greedy"));
      assertThat(greedy(runner, ids, greedy.length)).containsExactly(greedy);
    }
  }

  /// Every output is one chain of fused multiply-adds, however the work is cut: equality is exact.
  @RepeatedTest(6)
  void forward_wholeChunkedTokenByTokenBatchedAndThreaded_areEqualBitForBit(RepetitionInfo info, @TempDir Path dir) {
    Random random = new Random(info.getCurrentRepetition());
    DecoderSpec spec = randomSpec(random);
    write(dir.resolve("m"), spec, random);
    int[] ids = random.ints(150, 0, spec.vocabSize()).toArray();
    float[][] whole;
    try (CpuRunner one = CpuRunner.open(dir.resolve("m"), 1)) {
      whole = feed(one, ids, ids.length);
      assertThat(feed(one, ids, 1)).isDeepEqualTo(whole);
      assertThat(feed(one, ids, 1 + random.nextInt(40))).isDeepEqualTo(whole);
    }
    try (CpuRunner two = CpuRunner.open(dir.resolve("m"), 2)) {
      assertThat(feed(two, ids, ids.length)).isDeepEqualTo(whole);
      assertThat(feed(two, ids, 1)).isDeepEqualTo(whole);
      Logits batched =
          two.forward(
              List.of(
                  new Slice(two.newCache(), ids, 0, 70, 1),
                  new Slice(two.newCache(), ids, 0, 9, 0),
                  new Slice(two.newCache(), ids, 0, 33, 2)));
      assertThat(batched.copy(0)).containsExactly(whole[69]);
      assertThat(batched.copy(1)).containsExactly(whole[31]);
      assertThat(batched.copy(2)).containsExactly(whole[32]);
    }
  }

  @RepeatedTest(6)
  void forward_randomModel_agreesWithPlain(RepetitionInfo info, @TempDir Path dir) {
    Random random = new Random(100 + info.getCurrentRepetition());
    DecoderSpec spec = randomSpec(random);
    write(dir.resolve("m"), spec, random);
    int[] ids = random.ints(80, 0, spec.vocabSize()).toArray();
    try (CheckpointDir checkpoint = CheckpointDir.open(dir.resolve("m"));
        CpuRunner runner = CpuRunner.open(dir.resolve("m"), 2)) {
      double[][] plain = PlainDecoder.logits(checkpoint, ids);
      float[][] fast = feed(runner, ids, 17);
      for (int t = 0; t < ids.length; t++) {
        for (int i = 0; i < spec.vocabSize(); i++) {
          assertThat((double) fast[t][i]).isCloseTo(plain[t][i], within(1e-4 * Math.max(1, Math.abs(plain[t][i]))));
        }
      }
    }
  }

  @Test
  void score_sequence_isTheLogSoftmaxOfTheNextTokens() {
    int[] ids = new Random(1).ints(64, 0, 128).toArray();
    try (CheckpointDir checkpoint = CheckpointDir.open(CHECKPOINTS.resolve("qwen3"));
        CpuRunner runner = CpuRunner.open(CHECKPOINTS.resolve("qwen3"), 2)) {
      List<float[]> scores = runner.score(List.of(ids, new int[] {5}));
      double[][] logits = PlainDecoder.logits(checkpoint, ids);
      assertThat(scores.get(0)).hasSize(63);
      assertThat(scores.get(1)).isEmpty();
      for (int i = 0; i < 63; i++) {
        double sum = 0;
        for (double logit : logits[i]) {
          sum += Math.exp(logit);
        }
        assertThat((double) scores.get(0)[i]).isCloseTo(logits[i][ids[i + 1]] - Math.log(sum), within(1e-4));
      }
    }
  }

  @Test
  void forward_beyondTheContext_isRefusedAndTheCacheStands() {
    try (CpuRunner runner = CpuRunner.open(CHECKPOINTS.resolve("llama"), 1)) {
      KvCache cache = runner.newCache();
      runner.forward(List.of(new Slice(cache, new int[60], 0, 60, 0)));
      assertThatThrownBy(() -> runner.forward(List.of(new Slice(cache, new int[5], 0, 5, 1))))
          .hasMessageContaining("65 tokens do not fit the context of 64");
      assertThat(cache.length()).isEqualTo(60);
      assertThatThrownBy(() -> runner.forward(List.of(new Slice(cache, new int[] {128}, 0, 1, 1))))
          .hasMessageContaining("128");
    }
  }

  private static float[][] feed(CpuRunner runner, int[] ids, int chunk) {
    float[][] rows = new float[ids.length][];
    KvCache cache = runner.newCache();
    for (int from = 0; from < ids.length; from += chunk) {
      int to = Math.min(ids.length, from + chunk);
      Logits logits = runner.forward(List.of(new Slice(cache, ids, from, to, to - from)));
      for (int i = from; i < to; i++) {
        rows[i] = logits.copy(i - from);
      }
    }
    return rows;
  }

  private static int[] greedy(CpuRunner runner, int[] prompt, int count) {
    KvCache cache = runner.newCache();
    Sampler sampler = new Sampler(Sampling.GREEDY, -1);
    List<Integer> out = new ArrayList<>();
    int[] next = prompt;
    for (int i = 0; i < count; i++) {
      Logits logits = runner.forward(List.of(new Slice(cache, next, 0, next.length, 1)));
      next = new int[] {sampler.next(logits.data(), logits.row(0), logits.vocabSize()).id()};
      out.add(next[0]);
    }
    return out.stream().mapToInt(Integer::intValue).toArray();
  }

  static DecoderSpec randomSpec(Random random) {
    int kvHeads = 1 + random.nextInt(2);
    int extra = random.nextInt(3);
    Attention attention =
        new Attention(
            kvHeads * (1 + random.nextInt(3)),
            kvHeads,
            2 * (3 + random.nextInt(12)),
            new Rope(10_000),
            extra == 1,
            extra == 2);
    return DecoderSpec.uniform(
        50 + random.nextInt(100),
        20 + random.nextInt(300),
        2,
        256,
        attention,
        new FeedForward.Gated(10 + random.nextInt(90)),
        new Norm.Rms(1e-6),
        random.nextBoolean());
  }

  static void write(Path dir, DecoderSpec spec, Random random) {
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      long[] shape = weight.shape();
      int n = (int) (shape.length == 1 ? shape[0] : shape[0] * shape[1]);
      float[] values = KernelsTest.gaussians(random, n);
      for (int i = 0; i < n; i++) {
        values[i] = shape.length == 1 ? 1 + 0.2f * values[i] : values[i] / (float) Math.sqrt((double) shape[1]);
      }
      weights.put(weight.name(), StoredTensor.of(values, shape));
    }
    CheckpointDir.write(dir, spec, SpecialTokens.endingWith(2), weights, folder -> {});
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
