package dev.athanor.model.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.model.Footprint.Precision;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.families.PublishedShapes;
import org.junit.jupiter.api.Test;

class SearchTest {
  private static final ModelSpec SEVEN = PublishedShapes.named("qwen2.5-7b");
  private static final ModelSpec HALF = PublishedShapes.named("qwen2.5-0.5b");

  private static Device gpu(int gigabytes) {
    return new Device("gpu", gigabytes * 1_000_000_000L, false, 1_000_000_000L);
  }

  @Test
  void nearestTraining_cheapStepsFirst_checkpointsBeforeItGivesUpFullTraining() {
    TrainingSearch search = new TrainingSearch(HALF, gpu(16));
    TrainingRun wanted = TrainingRun.plain(8, 2048).withHalf(true);
    assertThat(search.fits(wanted)).isFalse();
    TrainingRun nearest = search.nearest(wanted).orElseThrow();
    assertThat(search.fits(nearest)).isTrue();
    assertThat(nearest.adapters()).isEmpty();
    assertThat(nearest.length()).isEqualTo(2048);
    assertThat(nearest.sequences() * nearest.microBatches()).isEqualTo(8);
  }

  @Test
  void nearestTraining_weightsTooLarge_takesAdapters() {
    TrainingRun wanted = TrainingRun.plain(1, 1024).withHalf(true);
    assertThat(new TrainingSearch(SEVEN, gpu(24)).nearest(wanted).orElseThrow().adapters().orElseThrow().base())
        .isEqualTo(Precision.BF16);
    assertThat(new TrainingSearch(SEVEN, gpu(10)).nearest(wanted).orElseThrow().adapters().orElseThrow().base())
        .isEqualTo(Precision.INT4);
    assertThat(new TrainingSearch(SEVEN, gpu(3)).nearest(wanted)).isEmpty();
    assertThat(new TrainingSearch(SEVEN, gpu(80)).nearest(wanted.withZero(8, 0)).orElseThrow().zeroStage()).isPositive();
  }

  @Test
  void mostSequences_isTheLastThatFits() {
    TrainingSearch search = new TrainingSearch(HALF, gpu(24));
    TrainingRun run = TrainingRun.plain(1, 512).withHalf(true);
    int most = search.mostSequences(run);
    assertThat(most).isPositive();
    assertThat(search.fits(run.withSequences(most))).isTrue();
    assertThat(search.fits(run.withSequences(most + 1))).isFalse();
  }

  @Test
  void nearestInference_givesUpPrecisionBeforeContext() {
    InferenceSearch search = new InferenceSearch(SEVEN, gpu(10));
    InferenceRun wanted = new InferenceRun(Precision.BF16, CacheNumbers.F16, 1, 8192, InferenceRun.STEP_TOKENS);
    InferenceRun nearest = search.nearest(wanted).orElseThrow();
    assertThat(nearest).isEqualTo(wanted.withWeights(Precision.INT8));
    int longest = search.longestContext(nearest);
    assertThat(search.fits(nearest.withContext(longest))).isTrue();
    assertThat(longest == SEVEN.contextLength() || !search.fits(nearest.withContext(longest + 16))).isTrue();
    assertThat(new InferenceSearch(SEVEN, gpu(2)).nearest(wanted)).isEmpty();
  }

  @Test
  void inference_cache_sharesHeadsStopsAtTheWindowAndIsConstantForStates() {
    InferenceRun run = new InferenceRun(Precision.BF16, CacheNumbers.F16, 2, 16_384, 128);
    // 28 blocks, 4 key-value heads of 128, a key and a value, two bytes, two sequences
    assertThat(InferenceMemory.of(SEVEN, run).bytes(InferenceMemory.KEYS_AND_VALUES)).isEqualTo(28L * 4 * 128 * 2 * 2 * 2 * 16_384);
    ModelSpec mistral = PublishedShapes.named("mistral-7b");
    assertThat(InferenceMemory.of(mistral, run).bytes(InferenceMemory.KEYS_AND_VALUES)).isEqualTo(32L * 8 * 128 * 2 * 2 * 2 * (4096 + 16));
    ModelSpec mamba = PublishedShapes.named("mamba-130m");
    assertThat(InferenceMemory.of(mamba, run).bytes(InferenceMemory.KEYS_AND_VALUES)).isZero();
    assertThat(InferenceMemory.of(mamba, run)).isEqualTo(InferenceMemory.of(mamba, run.withContext(64)));
    long quarter = InferenceMemory.of(SEVEN, run.withCache(CacheNumbers.INT8)).bytes(InferenceMemory.KEYS_AND_VALUES);
    assertThat(quarter).isEqualTo(28L * 4 * (128 + 4) * 2 * 2 * 16_384);
  }
}
