package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tensor.Precision;
import dev.athanor.train.optim.Adam;
import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.OptimizerSettings;
import dev.athanor.train.optim.Sgd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every kind of model learns a small language that it has not seen all of, over several seeds.
class ZooLearnsTest {
  private static final AdamW.Settings ADAM = new AdamW.Settings(0.01, 0.9, 0.95, 1e-6, 0.01);
  private static final Mixer.Attention ATTENTION = new Mixer.Attention(4, 2, 8, new Rope(10_000), true, false);
  private static final FeedForward GATED = new FeedForward.Gated(64);

  @TempDir Path dir;

  private static TrainPlan plan(long steps) {
    return plan(steps, ADAM);
  }

  private static TrainPlan plan(long steps, OptimizerSettings optimizer) {
    return new TrainPlan(steps, 1, 1, 1, new Schedule.Wsd(0.05, 0.3), optimizer, Optional.empty(), 1);
  }

  private static BatchSource counting(long seed) {
    return index -> TinyModels.together(i -> TinyModels.counting(seed, i, 16), index * 16, 16);
  }

  private TrainingLog train(ModelSpec spec, long seed, TrainPlan plan, BatchSource source, LabelledBatch unseen, int every)
      throws InterruptedException {
    try (Parameters parameters = Parameters.initialise(spec, seed);
        Trainer trainer = new Trainer(spec, parameters, plan, new Trainer.Settings("learn", every, "data", 10, 16))) {
      Checkpoints checkpoints = new Checkpoints(dir.resolve("c" + System.nanoTime()), _ -> {});
      return trainer.train(source, List.of(unseen), checkpoints, Progress.silent()).log();
    }
  }

  private double lastLoss(ModelSpec spec, long seed, TrainPlan plan, BatchSource source, LabelledBatch unseen)
      throws InterruptedException {
    return train(spec, seed, plan, source, unseen, 1000).validation().getLast().loss();
  }

  private static DecoderSpec decoder(Mixer first, Mixer second, FeedForward feed) {
    List<BlockSpec> blocks = List.of(new BlockSpec(first, feed), new BlockSpec(second, feed));
    Stack stack = Stack.causal(32, blocks, new Norm.Rms(1e-6), NormPlacement.PRE);
    return new DecoderSpec(TinyModels.VOCABULARY, 64, Embedding.PLAIN, stack, Head.of(true));
  }

  /// Below ln 4 = 1.39 a model has learned the rule of each sequence from what it saw of it.
  @ParameterizedTest
  @CsvSource({
    "mixture,1", "mixture,2", "mixture,3", "mamba,1", "mamba,2", "mamba,3", "mamba2,1", "mamba2,2", "mamba2,3", "hybrid,1", "hybrid,2",
    "hybrid,3"
  })
  void decoders_ofEveryKind_learnTheCountingLanguage(String kind, long seed) throws Exception {
    FeedForward none = new FeedForward.None();
    FeedForward experts =
        new FeedForward.Experts(4, 2, 32, Activation.SILU, true, OptionalInt.of(16), 0.01, 0.001);
    Mixer mamba = new Mixer.Mamba(64, 8, 4, 2, true, false);
    Mixer mamba2 = new Mixer.Mamba2(4, 16, 1, 16, 4, 8, true, false, 1e-5);
    DecoderSpec spec =
        switch (kind) {
          case "mixture" -> decoder(ATTENTION, ATTENTION, experts);
          case "mamba" -> decoder(mamba, mamba, none);
          case "mamba2" -> decoder(mamba2, mamba2, none);
          case "hybrid" -> decoder(mamba2, ATTENTION, GATED);
          default -> throw new IllegalArgumentException(kind);
        };
    LabelledBatch unseen = TinyModels.together(i -> TinyModels.counting(-seed, i, 16), 0, 64);
    assertThat(lastLoss(spec, seed, plan(200), counting(seed), unseen)).isLessThan(1.1);
  }

  /// Each token has one successor and one predecessor: who sees either neighbour of a mask knows what stands under it, and under the
  /// first of a sequence only its successor tells.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void encoder_learnsWhatStandsUnderAMask(long seed) throws Exception {
    BlockSpec block =
        new BlockSpec(
            Mixer.Attention.multiHead(4, 8, true, Mixer.Attention.scale(8)), new FeedForward.Plain(64, Activation.GELU, true));
    EncoderSpec spec =
        new EncoderSpec(
            TinyModels.VOCABULARY + 1,
            16,
            new Embedding(1, new Positions.Learned(16, 0), 2, true),
            Stack.bidirectional(32, Collections.nCopies(2, block), new Norm.Layer(1e-12), NormPlacement.POST),
            new EncoderSpec.Top.MaskedLm(Activation.GELU));
    BatchSource source = index -> masked(seed, index);
    double loss = lastLoss(spec, seed, plan(400, new AdamW.Settings(0.006, 0.9, 0.98, 1e-6, 0.01)), source, masked(-seed, 0));
    assertThat(loss).isLessThan(1.2); // ln 64 = 4.16 without the neighbours
  }

  private static LabelledBatch masked(long seed, long index) {
    int count = 32;
    int length = 12;
    Random random = new Random(seed * 31 + index);
    random.nextInt();
    long[] ids = new long[count * length];
    long[] targets = new long[ids.length];
    Arrays.fill(targets, LabelledBatch.IGNORED);
    for (int s = 0; s < count; s++) {
      ids[s * length] = random.nextInt(TinyModels.VOCABULARY);
      for (int i = 1; i < length; i++) {
        ids[s * length + i] = (ids[s * length + i - 1] * 37 + 11) % TinyModels.VOCABULARY;
      }
      for (int at : new int[] {s * length, s * length + random.nextInt(2, 6), s * length + random.nextInt(7, length)}) {
        targets[at] = ids[at];
        ids[at] = TinyModels.VOCABULARY;
      }
    }
    int[] lengths = new int[count];
    Arrays.fill(lengths, length);
    return new LabelledBatch(new TokenBatch(ids, lengths), targets);
  }

  /// Copying needs attention to the source: no target token follows from those before it.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void encoderDecoder_learnsToCopyItsSource(long seed) throws Exception {
    Mixer.Attention attention = Mixer.Attention.multiHead(4, 8, false, 1);
    BlockSpec block = new BlockSpec(attention, new FeedForward.Plain(64, Activation.RELU, false));
    Norm norm = new Norm.Rms(1e-6);
    var bias = Optional.of(new dev.athanor.model.RelativeBias(8, 16));
    EncoderDecoderSpec spec =
        new EncoderDecoderSpec(
            32,
            16,
            Embedding.PLAIN,
            new Stack(32, Collections.nCopies(2, block), norm, NormPlacement.PRE, false, Optional.empty(), bias, true),
            new Stack(32, Collections.nCopies(2, block), norm, NormPlacement.PRE, true, Optional.of(attention), bias, true),
            new Head(true, false, OptionalDouble.empty(), 1 / Math.sqrt(32)),
            0);
    double loss = lastLoss(spec, seed, plan(400), index -> copying(seed, index), copying(-seed, 0));
    assertThat(loss).isLessThan(1.5); // ln 31 = 3.43 without the source
  }

  private static LabelledBatch copying(long seed, long index) {
    Random random = new Random(seed * 1_000_003 + index);
    random.nextInt();
    int count = 32;
    int length = 6;
    long[] source = new long[count * length];
    long[] target = new long[count * length];
    long[] shifted = new long[count * length];
    for (int s = 0; s < count; s++) {
      for (int i = 0; i < length; i++) {
        source[s * length + i] = random.nextInt(1, 32);
      }
      for (int i = 0; i < length; i++) {
        target[s * length + i] = source[s * length + i];
        shifted[s * length + i] = i == 0 ? 0 : source[s * length + i - 1];
      }
    }
    int[] lengths = new int[count];
    Arrays.fill(lengths, length);
    return new LabelledBatch(new SeqToSeqBatch(new TokenBatch(source, lengths), new TokenBatch(shifted, lengths)), target);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void precision_ofEveryKind_learnsAsWell(Precision precision) throws Exception {
    DecoderSpec spec = decoder(ATTENTION, ATTENTION, GATED);
    LabelledBatch unseen = TinyModels.together(i -> TinyModels.counting(-5, i, 16), 0, 64);
    assertThat(lastLoss(spec, 5, plan(150).with(precision), counting(5), unseen)).isLessThan(1.1);
  }

  /// Rounding of the products: 8 bits of bf16, 11 of f16.
  @ParameterizedTest
  @CsvSource({"BF16,0.02", "F16,0.003"})
  void precision_ofOneStep_roundsTheLossAndReallyDoes(Precision precision, double tolerance) throws Exception {
    DecoderSpec spec = decoder(ATTENTION, ATTENTION, GATED);
    LabelledBatch unseen = TinyModels.together(i -> TinyModels.counting(-5, i, 16), 0, 4);
    double exact = train(spec, 5, plan(3), counting(5), unseen, 1).training().get(1).loss();
    double rounded = train(spec, 5, plan(3).with(precision), counting(5), unseen, 1).training().get(1).loss();
    assertThat(rounded).isCloseTo(exact, within(tolerance)).isNotEqualTo(exact);
  }

  @Test
  void checkpointing_givesTheSameTraining() throws Exception {
    DecoderSpec spec = decoder(ATTENTION, ATTENTION, GATED);
    LabelledBatch unseen = TinyModels.together(i -> TinyModels.counting(-5, i, 16), 0, 8);
    TrainPlan plan = plan(20).with(new Regularisation(0.1, 0.05, 1e-4));
    double plain = lastLoss(spec, 5, plan, counting(5), unseen);
    assertThat(lastLoss(spec, 5, plan.withCheckpointing(true), counting(5), unseen)).isCloseTo(plain, within(1e-5));
    assertThat(lastLoss(spec, 5, plan(20), counting(5), unseen)).isNotCloseTo(plain, within(1e-5));
  }

  @Test
  void optimizers_ofEveryKind_lowerTheLoss() throws Exception {
    DecoderSpec spec = decoder(ATTENTION, ATTENTION, GATED);
    LabelledBatch unseen = TinyModels.together(i -> TinyModels.counting(-5, i, 16), 0, 64);
    List<OptimizerSettings> all =
        List.of(
            ADAM, new Adam.Settings(0.01, 0.9, 0.95, 1e-6, 0), new Sgd.Settings(0.5, 0.9, true, 0), Sgd.Settings.plain(2));
    List<Double> losses = new ArrayList<>();
    for (OptimizerSettings optimizer : all) {
      losses.add(lastLoss(spec, 5, plan(150, optimizer), counting(5), unseen));
    }
    assertThat(losses).allSatisfy(loss -> assertThat(loss).isLessThan(3.9)); // ln 64 = 4.16 at the start
    assertThat(losses.get(0)).isLessThan(1.1);
    assertThat(losses.get(1)).isLessThan(1.1);
  }

  /// Eight sequences are soon known by heart: unseen ones suffer, and the best weights are those of before.
  @Test
  void patience_stopsWhereValidationRises_andTakesTheWeightsOfTheLowest() throws Exception {
    DecoderSpec spec = decoder(ATTENTION, ATTENTION, GATED);
    BatchSource few = index -> TinyModels.together(i -> TinyModels.counting(5, i, 16), 0, 4);
    LabelledBatch unseen = TinyModels.together(i -> TinyModels.counting(-5, i, 16), 0, 32);
    TrainPlan plan = plan(400).withPatience(OptionalInt.of(3));
    try (Parameters parameters = Parameters.initialise(spec, 5);
        Trainer trainer = new Trainer(spec, parameters, plan, new Trainer.Settings("learn", 5, "data", 10, 16))) {
      TrainingLog log =
          trainer.train(few, List.of(unseen), new Checkpoints(dir.resolve("early"), _ -> {}), Progress.silent()).log();
      double lowest = log.validation().stream().mapToDouble(TrainingLog.Validation::loss).min().orElseThrow();
      assertThat(log.validation().getLast().step()).isLessThan(400);
      assertThat(log.validation().getLast().loss()).isGreaterThan(lowest);
      assertThat(log.notes()).anyMatch(note -> note.contains("stopped early") && note.contains("lowest at step"));
      try (Replicas replicas = new Replicas(spec, parameters, 1, 1)) {
        assertThat(replicas.score(List.of(unseen)).loss()).isCloseTo(lowest, within(1e-6));
      }
    }
  }
}
