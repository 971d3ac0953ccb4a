package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.adapter.LoraAdapter;
import dev.athanor.model.adapter.MergedAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Adapters over a runner: against the published library, against merged weights, and in batches of several.
class AdaptersTest {
  static final Path ADAPTERS = Path.of("../model/src/test/resources/adapters");

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "qwen2", "qwen3", "gemma2", "gpt2", "mixtral", "mamba", "mamba2"})
  void forward_publishedAdapter_agreesWithPeft(String family) {
    JsonNode golden = Json.readFile(ADAPTERS.resolve(family).resolve("golden.json"));
    int[] ids = ints(golden.path("ids"));
    try (CpuRunner runner = CpuRunner.open(CpuRunnerTest.CHECKPOINTS.resolve(family), 2)) {
      LoadedAdapters adapters = runner.adapters().orElseThrow();
      adapters.load("tuned", ADAPTERS.resolve(family));
      float[][] logits = feed(runner, "tuned", ids, () -> ids.length);
      float[][] base = feed(runner, null, ids, () -> ids.length);
      int[] rows = ints(golden.path("rows"));
      for (int r = 0; r < rows.length; r++) {
        double moved = 0;
        for (int i = 0; i < logits[rows[r]].length; i++) {
          assertThat((double) logits[rows[r]][i]).isCloseTo(golden.path("logits").get(r).get(i).asDouble(), within(1e-4));
          moved = Math.max(moved, Math.abs(logits[rows[r]][i] - base[rows[r]][i]));
        }
        assertThat(moved).isGreaterThan(0.01);
      }
      assertThat(greedy(runner, "tuned", ids, 16)).containsExactly(ints(golden.path("greedy")));
    }
  }

  @RepeatedTest(12)
  void forward_anyModel_agreesWithMergedWeights(RepetitionInfo info, @TempDir Path dir) throws IOException {
    Random random = new Random(info.getCurrentRepetition());
    DecoderSpec spec = RandomDecoders.any(random);
    RandomDecoders.write(dir.resolve("base"), spec, random);
    RandomAdapters.write(dir.resolve("adapter"), dir.resolve("base"), 1 + random.nextInt(40), random);
    merge(dir, "base", "adapter", "merged");
    int[] ids = random.ints(50, 0, spec.vocabSize()).toArray();
    try (CpuRunner runner = CpuRunner.open(dir.resolve("base"), 2);
        CpuRunner merged = CpuRunner.open(dir.resolve("merged"), 1)) {
      runner.adapters().orElseThrow().load("a", dir.resolve("adapter"));
      float[][] expected = feed(merged, null, ids, () -> 50);
      float[][] actual = feed(runner, "a", ids, () -> 17);
      for (int row = 0; row < ids.length; row++) {
        for (int i = 0; i < expected[row].length; i++) {
          assertThat(actual[row][i])
              .as("row %d of %s", row, spec)
              .isCloseTo(expected[row][i], within(1e-4f * Math.max(1, Math.abs(expected[row][i]))));
        }
      }
      assertThat(greedy(runner, "a", ids, 20)).containsExactly(greedy(merged, null, ids, 20));
    }
  }

  private static void merge(Path dir, String base, String adapter, String merged) throws IOException {
    try (CheckpointDir checkpoint = CheckpointDir.open(dir.resolve(base))) {
      LoraAdapter opened = LoraAdapter.open(dir.resolve(adapter), checkpoint.family(), checkpoint.spec());
      MergedAdapter.of(checkpoint, opened, Optional.empty(), CheckpointDir.SHARD_BYTES).fill(dir.resolve(merged), _ -> {});
    }
  }

  @RepeatedTest(8)
  void forward_severalAdaptersAndNoneInABatch_areEqualToEachAloneBitForBit(RepetitionInfo info, @TempDir Path dir) {
    Random random = new Random(300 + info.getCurrentRepetition());
    RandomDecoders.write(dir.resolve("base"), RandomDecoders.any(random), random);
    mixturesAgree(dir, WeightFormats.AS_STORED, random);
  }

  @ParameterizedTest
  @EnumSource
  void forward_anyFormatOfTheBase_mixturesAreEqualToEachAloneBitForBit(WeightFormat format, @TempDir Path dir) {
    Random random = new Random(7);
    RandomDecoders.write(dir.resolve("base"), RandomDecoders.likeLlama(random), random);
    mixturesAgree(dir, WeightFormats.of(format), random);
  }

  private static void mixturesAgree(Path dir, WeightFormats formats, Random random) {
    for (int i = 0; i < 3; i++) {
      RandomAdapters.write(dir.resolve("adapter" + i), dir.resolve("base"), 1 + random.nextInt(30), random);
    }
    @Nullable String[] names = {"adapter0", "adapter1", "adapter2", null};
    float[][][] alone = new float[4][][];
    int[] ids;
    int length = 40;
    try (CpuRunner one = open(dir, formats, 1)) {
      ids = random.ints(length, 0, one.spec().vocabSize()).toArray();
      for (int i = 0; i < names.length; i++) {
        alone[i] = feed(one, names[i], ids, () -> 1);
        assertThat(feed(one, names[i], ids, () -> length)).isDeepEqualTo(alone[i]);
        assertThat(feed(one, names[i], ids, () -> 1 + random.nextInt(9))).isDeepEqualTo(alone[i]);
      }
      assertThat(alone[0]).isNotEqualTo(alone[3]);
    }
    try (CpuRunner never = CpuRunner.open(dir.resolve("base"), CpuOptions.of(2).withWeights(formats))) {
      assertThat(feed(never, null, ids, () -> length)).isDeepEqualTo(alone[3]);
    }
    for (int threads = 2; threads <= 3; threads++) {
      try (CpuRunner runner = open(dir, formats, threads)) {
        List<KvCache> caches = new ArrayList<>();
        int[] which = {0, 3, 1, 2, 0, 0, 3, 1, 1};
        for (int i : which) {
          caches.add(cache(runner, names[i], length));
        }
        for (int round = 0; round < 8; round++) {
          List<Slice> slices = new ArrayList<>();
          for (KvCache cache : caches) {
            int from = cache.length();
            int to = Math.min(length, from + 1 + (round < 5 ? random.nextInt(9) : 0));
            if (from < to) {
              slices.add(new Slice(cache, ids, from, to, to - from));
            }
          }
          List<Integer> froms = caches.stream().map(KvCache::length).toList();
          Logits logits = runner.forward(slices);
          int row = 0;
          for (int c = 0; c < which.length; c++) {
            for (int position = froms.get(c); position < caches.get(c).length(); position++) {
              assertThat(logits.copy(row++)).as("%s at %d", names[which[c]], position).containsExactly(alone[which[c]][position]);
            }
          }
        }
      }
    }
  }

  private static CpuRunner open(Path dir, WeightFormats formats, int threads) {
    CpuRunner runner = CpuRunner.open(dir.resolve("base"), CpuOptions.of(threads).withWeights(formats));
    for (int i = 0; i < 3; i++) {
      runner.adapters().orElseThrow().load("adapter" + i, dir.resolve("adapter" + i));
    }
    return runner;
  }

  @Test
  void load_nameThatIsThereOrAdapterOfAnotherModel_isRefused() {
    try (CpuRunner runner = CpuRunner.open(CpuRunnerTest.CHECKPOINTS.resolve("llama"), 1)) {
      LoadedAdapters adapters = runner.adapters().orElseThrow();
      adapters.load("a", ADAPTERS.resolve("llama"));
      assertThat(adapters.names()).containsExactly("a");
      assertThat(adapters.bytes()).isPositive();
      assertThatThrownBy(() -> adapters.load("a", ADAPTERS.resolve("llama")))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'a' is loaded already");
      assertThatThrownBy(() -> adapters.load("b", ADAPTERS.resolve("gpt2")))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("transformer.h.0.attn.c_attn.lora_A.weight");
      assertThatThrownBy(() -> adapters.unload("b")).isInstanceOf(UserException.class).hasMessageContaining("there is: a");
      adapters.unload("a");
      assertThat(adapters.names()).isEmpty();
      assertThat(adapters.bytes()).isZero();
    }
  }

  private static KvCache cache(CpuRunner runner, @Nullable String adapter, int length) {
    KvCache cache = runner.newCache();
    cache.expect(length);
    if (adapter != null) {
      cache.under(runner.adapters().orElseThrow().adapter(adapter));
    }
    return cache;
  }

  private static float[][] feed(CpuRunner runner, @Nullable String adapter, int[] ids, IntSupplier chunks) {
    float[][] rows = new float[ids.length][];
    KvCache cache = cache(runner, adapter, ids.length);
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

  private static int[] greedy(CpuRunner runner, @Nullable String adapter, int[] prompt, int count) {
    KvCache cache = cache(runner, adapter, prompt.length);
    Sampler sampler = new Sampler(Sampling.GREEDY, -1);
    int[] out = new int[count];
    int[] next = prompt;
    for (int i = 0; i < count; i++) {
      Logits logits = runner.forward(List.of(new Slice(cache, next, 0, next.length, 1)));
      next = new int[] {sampler.next(logits.data(), logits.row(0), logits.vocabSize()).id()};
      out[i] = next[0];
    }
    return out;
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
