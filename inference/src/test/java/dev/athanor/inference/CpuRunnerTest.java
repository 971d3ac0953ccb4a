package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.plain.PlainDecoder;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CpuRunnerTest {
  static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2", "llama", "llama-linear", "llama-dynamic", "llama-yarn", "llama-llama3", "llama-bias", "mistral", "qwen2",
        "qwen2-window", "qwen3", "gemma2", "mixtral", "qwen3_moe", "qwen3_moe-sparse", "mamba", "mamba2"
      })
  void forward_publishedFamily_agreesWithTransformers(String family) {
    JsonNode golden = Json.readFile(CHECKPOINTS.resolve(family).resolve("golden.json"));
    int[] ids = ints(golden.path("ids"));
    try (CpuRunner runner = CpuRunner.open(CHECKPOINTS.resolve(family), 2)) {
      Logits logits = runner.forward(List.of(new Slice(expecting(runner, ids.length), ids, 0, ids.length, ids.length)));
      int[] rows = ints(golden.path("rows"));
      for (int r = 0; r < rows.length; r++) {
        float[] row = logits.copy(rows[r]);
        for (int i = 0; i < row.length; i++) {
          assertThat((double) row[i]).isCloseTo(golden.path("logits").get(r).get(i).asDouble(), within(1e-4));
        }
      }
      int[] greedy = ints(golden.path(golden.has("greedy_cached") ? "greedy_cached" : "greedy"));
      int count = Math.min(greedy.length, runner.spec().contextLength() - ids.length + 1);
      assertThat(count).isGreaterThan(20);
      assertThat(greedy(runner, ids, count)).containsExactly(Arrays.copyOf(greedy, count));
    }
  }

  /// Every output is one chain of operations, however the work is cut: equality is exact.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2", "llama", "llama-linear", "llama-dynamic", "llama-yarn", "llama-llama3", "llama-bias", "mistral", "qwen2",
        "qwen2-window", "qwen3", "gemma2", "mixtral", "qwen3_moe", "qwen3_moe-sparse", "mamba", "mamba2"
      })
  void forward_publishedFamily_wholeChunkedBatchedAndThreadedAreEqualBitForBit(String family) {
    layoutsAgree(CHECKPOINTS.resolve(family), new Random(family.hashCode()), 60);
  }

  @RepeatedTest(6)
  void forward_randomModelLikeLlama_wholeChunkedBatchedAndThreadedAreEqualBitForBit(
      RepetitionInfo info, @TempDir Path dir) {
    Random random = new Random(info.getCurrentRepetition());
    RandomDecoders.write(dir.resolve("m"), RandomDecoders.likeLlama(random), random);
    layoutsAgree(dir.resolve("m"), random, 150);
  }

  @RepeatedTest(16)
  void forward_anyModel_wholeChunkedBatchedAndThreadedAreEqualBitForBit(RepetitionInfo info, @TempDir Path dir) {
    Random random = new Random(1000 + info.getCurrentRepetition());
    RandomDecoders.write(dir.resolve("m"), RandomDecoders.any(random), random);
    layoutsAgree(dir.resolve("m"), random, 90);
  }

  @ParameterizedTest
  @EnumSource
  void forward_anyFormatOfWeights_wholeChunkedBatchedAndThreadedAreEqualBitForBit(WeightFormat format, @TempDir Path dir) {
    for (int seed = 0; seed < 5; seed++) {
      Random random = new Random(seed);
      Path model = dir.resolve("m" + seed);
      RandomDecoders.write(model, RandomDecoders.any(random), random);
      layoutsAgree(model, WeightFormats.of(format), random, 60);
    }
  }

  /// How far logits move, relative to how far they spread.
  @ParameterizedTest
  @CsvSource({"F16, 1e-3", "BF16, 1e-2", "INT8, 2e-2", "INT4, 0.35"})
  void forward_narrowWeights_areCloseToF32(WeightFormat format, double bound, @TempDir Path dir) {
    Random random = new Random(3);
    RandomDecoders.write(dir.resolve("m"), RandomDecoders.likeLlama(random), random);
    try (CpuRunner exact = CpuRunner.open(dir.resolve("m"), CpuOptions.of(2).withWeights(WeightFormats.of(WeightFormat.F32)));
        CpuRunner narrow = CpuRunner.open(dir.resolve("m"), CpuOptions.of(2).withWeights(WeightFormats.of(format)))) {
      int[] ids = random.ints(40, 0, exact.spec().vocabSize()).toArray();
      float[][] expected = feed(exact, ids, () -> 40);
      float[][] actual = feed(narrow, ids, () -> 40);
      double squares = 0, difference = 0;
      for (int row = 0; row < expected.length; row++) {
        for (int i = 0; i < expected[row].length; i++) {
          squares += expected[row][i] * expected[row][i];
          difference += Math.pow(expected[row][i] - actual[row][i], 2);
        }
      }
      assertThat(Math.sqrt(difference / squares)).isBetween(1e-7, bound);
    }
  }

  private static void layoutsAgree(Path dir, Random random, int length) {
    layoutsAgree(dir, WeightFormats.AS_STORED, random, length);
  }

  private static void layoutsAgree(Path dir, WeightFormats formats, Random random, int length) {
    float[][] whole;
    int[] ids;
    try (CpuRunner one = CpuRunner.open(dir, CpuOptions.of(1).withWeights(formats))) {
      ids = random.ints(length, 0, one.spec().vocabSize()).toArray();
      whole = feed(one, ids, () -> length);
      assertThat(feed(one, ids, () -> 1)).isDeepEqualTo(whole);
      assertThat(feed(one, ids, () -> 1 + random.nextInt(length / 4))).isDeepEqualTo(whole);
    }
    for (int threads = 2; threads <= 3; threads++) {
      try (CpuRunner more = CpuRunner.open(dir, CpuOptions.of(threads).withWeights(formats))) {
        assertThat(feed(more, ids, () -> length)).isDeepEqualTo(whole);
        assertThat(feed(more, ids, () -> 1 + random.nextInt(30))).isDeepEqualTo(whole);
        KvCache begun = expecting(more, length);
        more.forward(List.of(new Slice(begun, ids, 0, 20, 0)));
        Logits batched =
            more.forward(
                List.of(
                    new Slice(expecting(more, length), ids, 0, length / 2, 1),
                    new Slice(begun, ids, 20, 21, 1),
                    new Slice(expecting(more, length), ids, 0, 9, 0),
                    new Slice(expecting(more, length), ids, 0, 33, 2)));
        assertThat(batched.copy(0)).containsExactly(whole[length / 2 - 1]);
        assertThat(batched.copy(1)).containsExactly(whole[20]);
        assertThat(batched.copy(2)).containsExactly(whole[31]);
        assertThat(batched.copy(3)).containsExactly(whole[32]);
      }
    }
  }

  private static KvCache expecting(CpuRunner runner, int length) {
    KvCache cache = runner.newCache();
    cache.expect(length);
    return cache;
  }

  @RepeatedTest(6)
  void forward_randomModelLikeLlama_agreesWithPlain(RepetitionInfo info, @TempDir Path dir) {
    Random random = new Random(100 + info.getCurrentRepetition());
    agreesWithPlain(dir.resolve("m"), RandomDecoders.likeLlama(random), random);
  }

  @RepeatedTest(40)
  void forward_anyModel_agreesWithPlain(RepetitionInfo info, @TempDir Path dir) {
    Random random = new Random(2000 + info.getCurrentRepetition());
    agreesWithPlain(dir.resolve("m"), RandomDecoders.any(random), random);
  }

  private static void agreesWithPlain(Path dir, DecoderSpec spec, Random random) {
    RandomDecoders.write(dir, spec, random);
    int[] ids = random.ints(80, 0, spec.vocabSize()).toArray();
    try (CheckpointDir checkpoint = CheckpointDir.open(dir);
        CpuRunner runner = CpuRunner.open(dir, 2)) {
      assertThat(runner.spec()).isEqualTo(spec);
      double[][] plain = PlainDecoder.logits(checkpoint, ids);
      float[][] fast = feed(runner, ids, () -> 17);
      for (int t = 0; t < ids.length; t++) {
        for (int i = 0; i < spec.vocabSize(); i++) {
          assertThat((double) fast[t][i])
              .as("token %d of %s", t, spec)
              .isCloseTo(plain[t][i], within(1e-4 * Math.max(1, Math.abs(plain[t][i]))));
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

  /// A pass that fails at its last block, when the others have written theirs.
  @Test
  void forward_failsHalfway_leavesKeysValuesAndStatesAsTheyWere(@TempDir Path dir) {
    List<BlockSpec> blocks =
        List.of(
            new BlockSpec(new Mixer.Mamba(24, 4, 4, 2, true, false), new FeedForward.None()),
            new BlockSpec(new Mixer.Mamba2(4, 8, 2, 4, 4, 16, true, false, 1e-5), new FeedForward.None()),
            new BlockSpec(new Mixer.Attention(2, 1, 8, new Rope(500), false, false), new FeedForward.None()),
            new BlockSpec(new Mixer.Mamba(24, 4, 4, 2, true, false), new FeedForward.Gated(20)));
    RandomDecoders.write(dir.resolve("m"), decoder(blocks), new Random(1));
    int[] ids = new Random(2).ints(40, 0, 50).toArray();
    try (CheckpointDir checkpoint = CheckpointDir.open(dir.resolve("m"))) {
      Failing kv = new Failing(checkpoint.decoder());
      CpuBlocks all = new CpuBlocks(checkpoint, CpuOptions.of(2), BlockRange.all(checkpoint.decoder()), kv);
      try (CpuRunner runner = new CpuRunner(checkpoint, CpuOptions.of(2), all)) {
        float[][] whole = feed(runner, ids, () -> ids.length);
        KvCache cache = runner.newCache();
        runner.forward(List.of(new Slice(cache, ids, 0, 21, 0)));
        KvCache fresh = runner.newCache();
        kv.failing = 3;
        assertThatThrownBy(
                () -> runner.forward(List.of(new Slice(cache, ids, 3, 17, 1), new Slice(fresh, ids, 0, 9, 1))))
            .isInstanceOf(ArithmeticException.class);
        assertThat(cache.length()).isEqualTo(21);
        kv.failing = -1;
        Logits logits = runner.forward(List.of(new Slice(cache, ids, 21, 40, 19), new Slice(fresh, ids, 0, 12, 1)));
        for (int i = 0; i < 19; i++) {
          assertThat(logits.copy(i)).containsExactly(whole[21 + i]);
        }
        assertThat(logits.copy(19)).containsExactly(whole[11]);
      }
    }
  }

  /// Loses a block's states when it is told to.
  private static final class Failing extends HeapKv {
    volatile int failing = -1;

    Failing(DecoderSpec spec) {
      super(spec, KvFormat.F32, BlockRange.all(spec));
    }

    @Override
    RecurrentState state(int sequence, int block) {
      if (block == failing) {
        throw new ArithmeticException();
      }
      return super.state(sequence, block);
    }
  }

  @Test
  void forward_cacheOfAnotherRunner_isRefused() {
    try (CpuRunner runner = CpuRunner.open(CHECKPOINTS.resolve("llama"), 1);
        CpuRunner other = CpuRunner.open(CHECKPOINTS.resolve("llama"), 1)) {
      assertThatThrownBy(() -> runner.forward(List.of(new Slice(other.newCache(), new int[3], 0, 3, 0))))
          .hasMessageContaining("another runner");
    }
  }

  private static DecoderSpec decoder(List<BlockSpec> blocks) {
    Stack stack = Stack.causal(32, blocks, new Norm.Rms(1e-6), NormPlacement.PRE);
    return new DecoderSpec(50, 64, Embedding.PLAIN, stack, Head.of(true));
  }

  @Test
  void open_modelThatIsNoDecoder_saysWhatItIs() {
    assertThatThrownBy(() -> CpuRunner.open(CHECKPOINTS.resolve("bert"), 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("bert holds a model of kind 'encoder'; what is asked for needs a decoder");
  }

  @Test
  void open_fewerPositionsThanTheContext_isRefused(@TempDir Path dir) {
    DecoderSpec plain = RandomDecoders.likeLlama(new Random(1));
    Embedding embedding = new Embedding(1, new Positions.Learned(100, 2), 0, false);
    DecoderSpec spec =
        new DecoderSpec(plain.vocabSize(), RandomDecoders.CONTEXT, embedding, plain.stack(), plain.head());
    RandomDecoders.write(dir.resolve("m"), spec, new Random(1));
    assertThatThrownBy(() -> CpuRunner.open(dir.resolve("m"), 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("98 learned positions, fewer than its context of 256 tokens");
  }

  private static float[][] feed(CpuRunner runner, int[] ids, IntSupplier chunks) {
    float[][] rows = new float[ids.length][];
    KvCache cache = expecting(runner, ids.length);
    int to;
    for (int from = 0; from < ids.length; from = to) {
      to = Math.min(ids.length, from + chunks.getAsInt());
      Logits logits = runner.forward(List.of(new Slice(cache, ids, from, to, to - from)));
      for (int i = from; i < to; i++) {
        rows[i] = logits.copy(i - from);
      }
    }
    return rows;
  }

  private static int[] greedy(CpuRunner runner, int[] prompt, int count) {
    KvCache cache = expecting(runner, prompt.length);
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

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
