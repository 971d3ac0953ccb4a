package dev.athanor.model.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Footprint;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.model.families.PublishedShapes;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingMemoryTest {
  private static final ModelSpec SEVEN = PublishedShapes.named("llama-2-7b");
  private static final DecoderSpec SMALL =
      DecoderSpec.uniform(
          100, 32, 3, 64, new Mixer.Attention(4, 4, 8, new Rope(10_000), false, false), new FeedForward.Gated(48), new Norm.Rms(1e-6), true);

  @Test
  void of_adamWOverSevenBillion_isSixteenBytesAParameterBeforeActivations() {
    for (boolean half : new boolean[] {false, true}) {
      MemorySum sum = TrainingMemory.of(SEVEN, TrainingRun.plain(1, 2048).withHalf(half));
      long lasting =
          sum.bytes(TrainingMemory.WEIGHTS) + sum.bytes(TrainingMemory.GRADIENTS) + sum.bytes(TrainingMemory.OPTIMIZER);
      assertThat(lasting).isEqualTo(16 * SEVEN.parameters()).isGreaterThan(107_000_000_000L);
      assertThat(sum.bytes(TrainingMemory.ACTIVATIONS)).isPositive();
    }
  }

  @Test
  void of_aSmallBlock_keepsEveryResultOfItsOps() {
    // Two norms, q, k, v, o, attention, two sums: 9 · 32; rotation 8 · 32; gate, its activation, up, their product: 4 · 48; down 32.
    long block = 9 * 32 + 8 * 32 + 4 * 48 + 32;
    long unseen = 2 + 4; // the norms' and attention's own numbers, a head each; they go while gradients come
    long positions = 2 * 16;
    long ends = 32 + 2 * 8 + 32; // embedding, the rotation's table, the final norm
    assertThat(TrainingMemory.of(SMALL, TrainingRun.plain(2, 16)).bytes(TrainingMemory.ACTIVATIONS))
        .isEqualTo(4 * positions * (3 * block + ends));
    assertThat(TrainingMemory.of(SMALL, TrainingRun.plain(2, 16).withCheckpointing(true)).bytes(TrainingMemory.ACTIVATIONS))
        .isEqualTo(4 * positions * (block + unseen + 3 * 32 + ends + 1));
  }

  @Test
  void of_optimizers_keepWhatTheySay() {
    long parameters = SMALL.parameters();
    TrainingRun run = TrainingRun.plain(1, 8);
    assertThat(TrainingMemory.of(SMALL, run.withRule(UpdateRule.SGD)).bytes(TrainingMemory.OPTIMIZER)).isZero();
    assertThat(TrainingMemory.of(SMALL, run.withRule(UpdateRule.MOMENTUM)).bytes(TrainingMemory.OPTIMIZER)).isEqualTo(4 * parameters);
    long matrices = 3L * (4 * 32 * 32 + 3 * 32 * 48);
    assertThat(TrainingMemory.of(SMALL, run.withRule(UpdateRule.MUON)).bytes(TrainingMemory.OPTIMIZER))
        .isEqualTo(8 * parameters - 4 * matrices);
  }

  @Test
  void of_zeroStages_shareOutOneThingMoreEach() {
    TrainingRun run = TrainingRun.plain(1, 512).withHalf(true);
    long parameters = SEVEN.parameters();
    assertThat(lasting(run.withZero(8, 0))).isEqualTo(16 * parameters);
    assertThat(lasting(run.withZero(8, 1))).isCloseTo(9 * parameters, within(8L));
    assertThat(lasting(run.withZero(8, 2))).isCloseTo((long) (5.5 * parameters), within(8L));
    assertThat(lasting(run.withZero(8, 3))).isCloseTo(2 * parameters, within(8L));
  }

  private static long lasting(TrainingRun run) {
    MemorySum sum = TrainingMemory.of(SEVEN, run);
    return sum.bytes(TrainingMemory.WEIGHTS) + sum.bytes(TrainingMemory.GRADIENTS) + sum.bytes(TrainingMemory.OPTIMIZER);
  }

  @Test
  void of_adapters_trainThemAlone() {
    Adapters adapters = new Adapters(8, Adapters.Targets.ATTENTION, Footprint.Precision.INT4);
    long numbers = 32L * 4 * 8 * (4096 + 4096);
    assertThat(adapters.parameters(SEVEN)).isEqualTo(numbers);
    MemorySum sum = TrainingMemory.of(SEVEN, TrainingRun.plain(1, 512).withHalf(true).withAdapters(Optional.of(adapters)));
    assertThat(sum.bytes(TrainingMemory.WEIGHTS)).isEqualTo(Footprint.weights(SEVEN, Footprint.Precision.INT4));
    assertThat(sum.bytes(TrainingMemory.GRADIENTS)).isEqualTo(4 * numbers);
    assertThat(sum.bytes(TrainingMemory.OPTIMIZER)).isEqualTo(8 * numbers);
    long all = new Adapters(8, Adapters.Targets.ALL, Footprint.Precision.INT4).parameters(SEVEN);
    assertThat(all).isEqualTo(numbers + 32L * 3 * 8 * (4096 + 11008));
  }

  @Test
  void of_stateSpaces_growWithTheLengthAndNotItsSquare() {
    ModelSpec mamba = PublishedShapes.named("mamba2-2.7b");
    long one = TrainingMemory.of(mamba, TrainingRun.plain(1, 1024)).bytes(TrainingMemory.ACTIVATIONS);
    long two = TrainingMemory.of(mamba, TrainingRun.plain(1, 2048)).bytes(TrainingMemory.ACTIVATIONS);
    long four = TrainingMemory.of(mamba, TrainingRun.plain(1, 4096)).bytes(TrainingMemory.ACTIVATIONS);
    assertThat((double) (four - two) / (two - one)).isCloseTo(2, within(0.01));
  }

  @Test
  void resident_replicas_haveGradientsEachAndShareWeights() {
    TrainingRun two =
        new TrainingRun(1, 16, 2, 2, false, UpdateRule.ADAMW, false, 1, 0, Optional.empty());
    MemorySum sum = TrainingMemory.resident(SMALL, two);
    assertThat(sum.bytes(TrainingMemory.WEIGHTS)).isEqualTo(4 * SMALL.parameters());
    assertThat(sum.bytes(TrainingMemory.GRADIENTS)).isEqualTo(8 * SMALL.parameters());
    assertThat(sum.bytes(TrainingMemory.ALLOCATOR)).isPositive();
    assertThat(sum.bytes()).isEqualTo(sum.parts().stream().mapToLong(MemorySum.Part::bytes).sum());
  }

  @Test
  void of_aVisionTower_isRefused() {
    ModelSpec vision =
        new dev.athanor.model.VisionSpec(
            32, 8, 3, true, false, true, dev.athanor.model.VisionSpec.FinalNorm.POOLED,
            dev.athanor.model.Stack.bidirectional(
                32, SMALL.stack().blocks(), new Norm.Layer(1e-5), dev.athanor.model.NormPlacement.PRE));
    assertThatThrownBy(() -> TrainingMemory.of(vision, TrainingRun.plain(1, 16))).hasMessageContaining("predicts nothing");
  }
}
