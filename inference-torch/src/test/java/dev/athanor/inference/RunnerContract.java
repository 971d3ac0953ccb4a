package dev.athanor.inference;

import static dev.athanor.inference.PagePool.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.Mixer;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.RelativeBias;
import dev.athanor.model.Rope;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What every runner must do. A new one extends this and says how it opens a folder in F32.
///
/// Logits agree within 1e-3, of 1 or of the logit where that is more: the goldens are of another library, and how sums are cut may
/// differ between slices.
abstract class RunnerContract {
  private static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");
  private static final double TOLERANCE = 1e-3;

  /// A runner with matrices, keys and values in F32, and room for 2,000 positions at least.
  abstract Runner open(Path model);

  static Stream<String> families() {
    return Stream.of(
        "gpt2", "llama", "llama-linear", "llama-dynamic", "llama-yarn", "llama-llama3", "llama-bias", "mistral", "qwen2",
        "qwen2-window", "qwen3", "gemma2", "mixtral", "qwen3_moe", "qwen3_moe-sparse", "mamba", "mamba2");
  }

  @ParameterizedTest
  @MethodSource("families")
  void forward_publishedFamily_givesThePublishedLogitsAndTokens(String family) {
    JsonNode golden = Json.readFile(CHECKPOINTS.resolve(family).resolve("golden.json"));
    int[] ids = ints(golden.path("ids"));
    try (Runner runner = open(CHECKPOINTS.resolve(family))) {
      float[][] rows = feed(runner, ids, () -> ids.length);
      int[] published = ints(golden.path("rows"));
      for (int r = 0; r < published.length; r++) {
        JsonNode expected = golden.path("logits").get(r);
        for (int i = 0; i < expected.size(); i++) {
          assertThat((double) rows[published[r]][i]).isCloseTo(expected.get(i).asDouble(), within(TOLERANCE));
        }
      }
      int[] greedy = ints(golden.path(golden.has("greedy_cached") ? "greedy_cached" : "greedy"));
      int count = Math.min(greedy.length, runner.spec().contextLength() - ids.length + 1);
      assertThat(count).isGreaterThan(20);
      assertThat(greedy(runner, ids, count)).containsExactly(Arrays.copyOf(greedy, count));
      assertThat(runner.memory().pool().held()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void forward_publishedFamily_agreesHoweverItIsCutAndBatched(String family) {
    cutsAgree(CHECKPOINTS.resolve(family), 60, new Random(1));
  }

  /// What no published family has: every part that a spec can state.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void forward_modelOfRareParts_agreesWithTheCpuAndHoweverItIsCut(int seed, @TempDir Path dir) {
    Random random = new Random(seed);
    write(dir.resolve("m"), rare(seed), random);
    cutsAgree(dir.resolve("m"), 150, random);
    int[] ids = random.ints(150, 0, 60).toArray();
    try (Runner runner = open(dir.resolve("m"));
        Runner cpu = CpuRunner.open(dir.resolve("m"), CpuOptions.of(2))) {
      assertRows(feed(runner, ids, () -> 150), feed(cpu, ids, () -> 150));
    }
  }

  private void cutsAgree(Path model, int length, Random random) {
    try (Runner runner = open(model)) {
      int[] ids = random.ints(length, 0, runner.spec().vocabSize()).toArray();
      float[][] whole = feed(runner, ids, () -> length);
      assertRows(feed(runner, ids, () -> 1), whole);
      assertRows(feed(runner, ids, () -> 1 + random.nextInt(length / 4)), whole);
      try (KvCache begun = expecting(runner, length);
          KvCache half = expecting(runner, length);
          KvCache unread = expecting(runner, length);
          KvCache third = expecting(runner, length)) {
        assertThat(runner.forward(List.of(new Slice(begun, ids, 0, 20, 0))).rows()).isZero();
        Logits batched =
            runner.forward(
                List.of(
                    new Slice(half, ids, 0, length / 2, 1),
                    new Slice(begun, ids, 20, 21, 1),
                    new Slice(unread, ids, 0, 9, 0),
                    new Slice(third, ids, 0, 33, 2)));
        assertThat(batched.rows()).isEqualTo(4);
        assertRow(batched.copy(0), whole[length / 2 - 1]);
        assertRow(batched.copy(1), whole[20]);
        assertRow(batched.copy(2), whole[31]);
        assertRow(batched.copy(3), whole[32]);
      }
      assertThat(runner.memory().pool().held()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void fork_bothGoOn_areAsIfEachHadBegunByItself(String family) {
    try (Runner runner = open(CHECKPOINTS.resolve(family))) {
      int[] ids = new Random(2).ints(40, 0, runner.spec().vocabSize()).toArray();
      int[] other = ids.clone();
      for (int i = 21; i < 40; i++) {
        other[i] = (ids[i] + 1) % runner.spec().vocabSize();
      }
      float[] first = feed(runner, ids, () -> 40)[39];
      float[] second = feed(runner, other, () -> 40)[39];
      KvCache cache = expecting(runner, 40);
      runner.forward(List.of(new Slice(cache, ids, 0, 21, 0)));
      try (cache;
          KvCache fork = cache.fork()) {
        Logits both = runner.forward(List.of(new Slice(fork, other, 21, 40, 1), new Slice(cache, ids, 21, 40, 1)));
        assertRow(both.copy(0), second);
        assertRow(both.copy(1), first);
      }
      assertThat(runner.memory().pool().held()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void reuse_sameBeginning_computesTheRestAsIfAll(String family) {
    try (Runner runner = open(CHECKPOINTS.resolve(family))) {
      int[] ids = new Random(3).ints(50, 0, runner.spec().vocabSize()).toArray();
      float[] whole = feed(runner, ids, () -> 50)[49];
      try (KvCache earlier = expecting(runner, 50)) {
        earlier.reuse(ids, 50, "a");
        runner.forward(List.of(new Slice(earlier, ids, 0, 45, 0)));
      }
      try (KvCache later = expecting(runner, 50)) {
        int filled = later.reuse(ids, 50, "a");
        assertThat(filled).isEqualTo(runner.memory().reusable() ? 45 / PAGE * PAGE : 0);
        assertRow(runner.forward(List.of(new Slice(later, ids, filled, 50, 1))).copy(0), whole);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gemma2", "gpt2", "mistral"})
  void spill_andRestore_goesOnAsIfNothingHadBeen(String family, @TempDir Path folder) {
    try (Runner runner = open(CHECKPOINTS.resolve(family));
        KvSpill file = new KvSpill(runner.memory().store(), folder, 1 << 24);
        KvCache cache = runner.newCache()) {
      int[] ids = new Random(2).ints(45, 0, runner.spec().vocabSize()).toArray();
      runner.forward(List.of(new Slice(cache, ids, 0, 44, 0)));
      SpilledCache spilled = java.util.Objects.requireNonNull(cache.spill(file));
      float[] expected = runner.forward(List.of(new Slice(cache, ids, 44, 45, 1))).copy(0);
      try (KvCache other = runner.newCache()) {
        runner.forward(List.of(new Slice(other, new int[44], 0, 44, 0)));
      }
      try (KvCache back = runner.newCache()) {
        back.restore(spilled, ids);
        assertThat(back.length()).isEqualTo(44);
        assertThat(runner.forward(List.of(new Slice(back, ids, 44, 45, 1))).copy(0)).containsExactly(expected);
      }
      spilled.close();
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void forward_provisional_onlyWhatIsSaidToStandCounts(String family) {
    try (Runner runner = open(CHECKPOINTS.resolve(family))) {
      if (runner.memory().recurs()) {
        return; // the contract leaves them out
      }
      int[] ids = new Random(4).ints(40, 0, runner.spec().vocabSize()).toArray();
      float[][] whole = feed(runner, ids, () -> 40);
      int[] guessed = ids.clone();
      guessed[32] = (ids[32] + 1) % runner.spec().vocabSize();
      try (KvCache cache = expecting(runner, 40)) {
        runner.forward(List.of(new Slice(cache, ids, 0, 29, 0)));
        Logits logits = runner.forward(List.of(new Slice(cache, guessed, 29, 35, 6, true)));
        assertRow(logits.copy(0), whole[29]);
        assertRow(logits.copy(2), whole[31]);
        assertThat(cache.length()).isEqualTo(29);
        cache.advance(3);
        assertThat(cache.length()).isEqualTo(32);
        assertRow(runner.forward(List.of(new Slice(cache, ids, 32, 40, 1))).copy(0), whole[39]);
      }
    }
  }

  @Test
  void forward_whatCannotBe_isRefusedAndTheCacheStands() {
    try (Runner runner = open(CHECKPOINTS.resolve("llama"));
        Runner other = open(CHECKPOINTS.resolve("llama"))) {
      try (KvCache cache = runner.newCache();
          KvCache stray = other.newCache()) {
        runner.forward(List.of(new Slice(cache, new int[60], 0, 60, 0)));
        assertThatThrownBy(() -> runner.forward(List.of(new Slice(cache, new int[5], 0, 5, 1))))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("65 tokens do not fit the context of 64");
        assertThatThrownBy(() -> runner.forward(List.of(new Slice(cache, new int[] {128}, 0, 1, 1))))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("128");
        assertThatThrownBy(() -> runner.forward(List.of(new Slice(stray, new int[2], 0, 1, 1))))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("another runner");
        assertThat(cache.length()).isEqualTo(60);
      }
    }
  }

  static KvCache expecting(Runner runner, int length) {
    KvCache cache = runner.newCache();
    cache.expect(length);
    return cache;
  }

  /// The logits after every token.
  static float[][] feed(Runner runner, int[] ids, IntSupplier chunks) {
    float[][] rows = new float[ids.length][];
    try (KvCache cache = expecting(runner, ids.length)) {
      int to;
      for (int from = 0; from < ids.length; from = to) {
        to = Math.min(ids.length, from + chunks.getAsInt());
        Logits logits = runner.forward(List.of(new Slice(cache, ids, from, to, to - from)));
        for (int i = from; i < to; i++) {
          rows[i] = logits.copy(i - from);
        }
      }
    }
    return rows;
  }

  static int[] greedy(Runner runner, int[] prompt, int count) {
    List<Integer> out = new ArrayList<>();
    try (KvCache cache = expecting(runner, prompt.length)) {
      int[] next = prompt;
      for (int i = 0; i < count; i++) {
        float[] logits = runner.forward(List.of(new Slice(cache, next, 0, next.length, 1))).copy(0);
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
          best = logits[token] > logits[best] ? token : best;
        }
        next = new int[] {best};
        out.add(best);
      }
    }
    return out.stream().mapToInt(Integer::intValue).toArray();
  }

  static void assertRows(float[][] actual, float[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertRow(actual[i], expected[i]);
    }
  }

  private static void assertRow(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .isCloseTo(expected[i], within(TOLERANCE * Math.max(1, Math.abs((double) expected[i]))));
    }
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  /// Windows that leave pages behind; biases by distance; lookups; states beside attention.
  static DecoderSpec rare(int which) {
    Mixer.Attention plain = new Mixer.Attention(4, 2, 8, new Rope(500), true, true);
    Mixer.Attention windowed = plain.withWindow(OptionalInt.of(20)).withSoftcap(OptionalDouble.of(2));
    Mixer.Attention unturned = Mixer.Attention.multiHead(4, 6, true, 0.4);
    Mixer mamba = new Mixer.Mamba(24, 4, 4, 2, true, false);
    Mixer mamba2 = new Mixer.Mamba2(4, 8, 2, 4, 4, 16, true, false, 1e-5);
    List<Mixer> mixers =
        switch (which) {
          case 0 -> List.of(windowed, windowed.withWindow(OptionalInt.of(33)), windowed);
          case 1 -> List.of(unturned, unturned, unturned);
          case 2 -> List.of(mamba, plain, mamba2, windowed);
          default -> List.of(plain.withRope(Optional.of(new Rope(500, new Rope.Scaling.Dynamic(2, 32)))), plain, mamba);
        };
    List<BlockSpec> blocks = mixers.stream().map(mixer -> new BlockSpec(mixer, new FeedForward.Gated(20))).toList();
    Stack stack =
        new Stack(
            32, blocks, new Norm.Rms(1e-6), which == 2 ? NormPlacement.SANDWICH : NormPlacement.PRE, true, Optional.empty(),
            which == 1 ? Optional.of(new RelativeBias(8, 20)) : Optional.empty(), true);
    Positions positions = which == 1 ? new Positions.Learned(205, 2) : new Positions.None();
    return new DecoderSpec(
        60, 200, new Embedding(1.5, positions, which, which == 3), stack,
        new Head(which % 2 == 0, which == 3, which == 2 ? OptionalDouble.of(2.5) : OptionalDouble.empty(), 0.7),
        which == 3 ? Optional.of(new NgramEmbedding(List.of(2, 3), 97, 5)) : Optional.empty(),
        which == 3 ? Optional.of(new InductionEmbedding(List.of(1, 2))) : Optional.empty());
  }

  /// Random weights, large enough that every part matters.
  static void write(Path dir, DecoderSpec spec, Random random) {
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      long[] shape = weight.shape();
      float[] values = new float[(int) weight.elements()];
      double columns = shape[shape.length - 1];
      for (int i = 0; i < values.length; i++) {
        double drawn = random.nextGaussian();
        values[i] = (float) (shape.length == 1 ? 1 + 0.2 * drawn : drawn / Math.sqrt(columns));
      }
      weights.put(weight.name(), StoredTensor.of(values, shape));
    }
    CheckpointDir.write(dir, spec, SpecialTokens.endingWith(2), weights, folder -> {});
  }
}
