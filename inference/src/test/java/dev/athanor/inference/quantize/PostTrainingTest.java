package dev.athanor.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.DenseProduct;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.LayerwiseRun;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Slice;
import dev.athanor.inference.WeightFormat;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredWeight;
import dev.athanor.model.WeightNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostTrainingTest {
  private static final Path CHECKPOINTS = Path.of("..", "model", "src", "test", "resources", "checkpoints");

  private static CheckpointDir open(String family) {
    return CheckpointDir.open(CHECKPOINTS.resolve(family));
  }

  private static List<int[]> texts(DecoderSpec spec, int count) {
    Random random = new Random(11);
    List<int[]> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(random.ints(1 + random.nextInt(Math.min(40, spec.contextLength())), 0, spec.vocabSize()).toArray());
    }
    return texts;
  }

  private static float[] logits(DecoderWeights model) {
    DecoderSpec spec = model.decoder();
    int[] ids = new Random(7).ints(Math.min(24, spec.contextLength()), 0, spec.vocabSize()).toArray();
    try (CpuRunner runner = CpuRunner.of(model, CpuOptions.of(2));
        KvCache cache = runner.newCache()) {
      cache.expect(ids.length);
      Logits logits = runner.forward(List.of(new Slice(cache, ids, 0, ids.length, ids.length)));
      float[] values = new float[ids.length * spec.vocabSize()];
      for (int row = 0; row < ids.length; row++) {
        System.arraycopy(logits.data(), logits.row(row), values, row * spec.vocabSize(), spec.vocabSize());
      }
      return values;
    }
  }

  private static double difference(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum / a.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama", "llama-bias", "mistral", "qwen2", "qwen3", "gemma2", "gpt2", "mixtral", "qwen3_moe", "qwen3_moe-sparse", "mamba", "mamba2"
      })
  void apply_anyScales_leavesTheFunctionAsItIs(String family) {
    try (CheckpointDir model = open(family)) {
      WorkingWeights weights = new WorkingWeights(model);
      Random random = new Random(3);
      DecoderSpec spec = model.decoder();
      int folds = 0;
      for (int block = 0; block < spec.numLayers(); block++) {
        for (Fold fold : Fold.ofBlock(spec, block)) {
          float[] scales = new float[fold.channels()];
          for (int i = 0; i < scales.length; i++) {
            scales[i] = (float) Math.exp(random.nextGaussian());
          }
          fold.apply(scales, weights);
          folds++;
        }
      }
      assertThat(folds).isGreaterThanOrEqualTo(spec.numLayers());
      assertThat(weights.changed()).isNotEmpty();
      float[] before = logits(model);
      assertThat(difference(logits(weights), before)).isLessThan(1e-4 * Math.max(1, difference(before, new float[before.length])));
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void of_everyFamilyAndMethod_quantizesWhatWasChosen(Method method) {
    for (String family : List.of("llama", "qwen2", "gemma2", "gpt2", "mixtral", "qwen3_moe-sparse", "mamba", "mamba2")) {
      try (CheckpointDir model = open(family)) {
        WeightChoices choices = WeightChoices.of(model.decoder(), WeightFormat.INT4, Optional.empty(), new LinkedHashMap<>());
        Map<String, StoredWeight> made =
            new PostTraining(method, choices, method.calibrates() ? texts(model.decoder(), 12) : List.of(), 2)
                .of(model, Progress.silent());
        assertThat(choices.quantized()).as(family).hasSizeGreaterThan(2);
        choices
            .quantized()
            .forEach(
                (name, bits) ->
                    assertThat(made.get(name)).as(family + " " + name).isInstanceOfSatisfying(QuantizedMatrix.class, m -> assertThat(m.bits()).isEqualTo(bits)));
        assertThat(logits(model.with(made))).as(family).doesNotContain(Float.NaN);
      }
    }
  }

  @Test
  void of_roundingToTheNearest_isWhatTheEngineDoesItself() {
    try (CheckpointDir model = open("qwen2")) {
      for (WeightFormat format : List.of(WeightFormat.INT8, WeightFormat.INT4)) {
        WeightChoices choices = WeightChoices.of(model.decoder(), format, Optional.empty(), new LinkedHashMap<>());
        new PostTraining(Method.RTN, choices, List.of(), 1)
            .of(model, Progress.silent())
            .forEach(
                (name, made) -> {
                  QuantizedMatrix matrix = (QuantizedMatrix) made;
                  float[] stored = model.floats(name);
                  assertThat(matrix).isEqualTo(QuantizedMatrix.rounded(matrix.bits(), matrix.rows(), matrix.cols(), stored));
                });
      }
    }
  }

  @Test
  void of_errorsMadeUpFor_saysWhatTheModelSaysMoreNearly() {
    try (CheckpointDir model = open("llama")) {
      WeightChoices choices =
          WeightChoices.of(model.decoder(), WeightFormat.INT4, Optional.of(WeightFormat.F32), new LinkedHashMap<>());
      float[] before = logits(model);
      double nearest =
          difference(before, logits(model.with(new PostTraining(Method.RTN, choices, List.of(), 1).of(model, Progress.silent()))));
      for (Method method : List.of(Method.GPTQ, Method.AWQ_GPTQ)) {
        Map<String, StoredWeight> made =
            new PostTraining(method, choices, texts(model.decoder(), 100), 1).of(model, Progress.silent());
        assertThat(difference(before, logits(model.with(made)))).as(method.key()).isLessThan(nearest);
      }
    }
  }

  @Test
  void choices_kept_holdForWhatTheyName() {
    try (CheckpointDir model = open("mixtral")) {
      SequencedMap<String, WeightFormat> kept = new LinkedHashMap<>();
      kept.put("layers.0", WeightFormat.INT8);
      kept.put("head", WeightFormat.BF16);
      kept.put("self_attn.o_proj", WeightFormat.F32);
      WeightChoices choices = WeightChoices.of(model.decoder(), WeightFormat.INT4, Optional.empty(), kept);
      assertThat(choices.quantized())
          .containsEntry(WeightNames.block(0).q(), QuantizedMatrix.Bits.INT8)
          .containsEntry(WeightNames.block(1).q(), QuantizedMatrix.Bits.INT4)
          .doesNotContainKeys(WeightNames.block(0).o(), WeightNames.block(0).router(), WeightNames.head());
      assertThat(choices.others()).containsKeys(WeightNames.block(1).o(), WeightNames.head(), WeightNames.embedding());
      kept.put("layers.9", WeightFormat.INT8);
      kept.put("mlp.middle", WeightFormat.INT8);
      assertThatThrownBy(() -> WeightChoices.of(model.decoder(), WeightFormat.INT4, Optional.empty(), kept))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no weight is named 'layers.9', 'mlp.middle'; there are head, layers.0 to layers.1")
          .hasMessageContaining("self_attn.q_proj");
    }
  }

  @Test
  void blocks_oneByOne_sayWhatTheyAllSayTogether() {
    try (CheckpointDir model = open("qwen3")) {
      DecoderSpec spec = model.decoder();
      int[] ids = new Random(7).ints(Math.min(24, spec.contextLength()), 0, spec.vocabSize()).toArray();
      try (LayerwiseRun run = new LayerwiseRun(spec, List.of(new int[] {1}, ids), 2);
          DenseProduct products = new DenseProduct(2)) {
        run.embed(model, Optional.empty());
        for (int block = 0; block < spec.numLayers(); block++) {
          run.block(block, model, Optional.of((_, _) -> {}), false);
          run.block(block, model, Optional.empty(), true);
        }
        float[] x = run.stream(1);
        float[] norm = model.floats(WeightNames.finalNorm());
        int hidden = spec.hiddenSize();
        for (int row = 0; row < x.length; row += hidden) {
          double squares = 0;
          for (int i = 0; i < hidden; i++) {
            squares += (double) x[row + i] * x[row + i];
          }
          double scale = 1 / Math.sqrt(squares / hidden + spec.norm().eps());
          for (int i = 0; i < hidden; i++) {
            x[row + i] = (float) (x[row + i] * scale * norm[i]);
          }
        }
        String head = spec.tiedHead() ? WeightNames.embedding() : WeightNames.head();
        float[] found = products.multiply(model.floats(head), spec.vocabSize(), hidden, x);
        float[] expected = logits(model);
        for (int i = 0; i < found.length; i++) {
          assertThat(found[i]).isCloseTo(expected[i], within(1e-4f));
        }
      }
    }
  }
}
