package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.Muon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
  private static final DecoderSpec SPEC = TinyModels.spec(true, false, true);
  private static final AdamW.Settings ADAM = new AdamW.Settings(0.01, 0.9, 0.95, 1e-6, 0.1);
  private static final Muon.Settings MUON = new Muon.Settings(0.02, 0.95, 0.1);
  private static final Trainer.Settings SETTINGS = new Trainer.Settings("pretrain", 1000, "data", 10, 24);

  @TempDir Path dir;

  private static TrainPlan plan(long steps, int microBatches, int replicas, Muon.@Nullable Settings muon) {
    return new TrainPlan(steps, microBatches, replicas, 1, new Schedule.Wsd(0.1, 0.3), ADAM, Optional.ofNullable(muon), 1);
  }

  /// Sequences of 10 to 24 tokens of which every third teaches only its second half: micro-batches differ in learned tokens.
  private static LabelledBatch sequence(long index) {
    LabelledBatch whole = TinyModels.counting(1, index, 10 + (int) (index * 5 % 15));
    if (index % 3 == 0) {
      java.util.Arrays.fill(whole.targets(), 0, whole.targets().length / 2, LabelledBatch.IGNORED);
    }
    return whole;
  }

  private Checkpoints checkpoints(String name, List<String> said) {
    return new Checkpoints(dir.resolve(name), said::add);
  }

  private record Outcome(Map<String, float[]> weights, Trainer.Result result) {
    double lastLoss() {
      return result.log().training().getLast().loss();
    }
  }

  private Outcome train(String name, TrainPlan plan, BatchSource source) throws InterruptedException {
    return train(plan, source, checkpoints(name, new ArrayList<>()));
  }

  private static Outcome train(TrainPlan plan, BatchSource source, Checkpoints checkpoints) throws InterruptedException {
    return train(SPEC, plan, source, checkpoints);
  }

  private static Outcome train(DecoderSpec spec, TrainPlan plan, BatchSource source, Checkpoints checkpoints)
      throws InterruptedException {
    try (Parameters parameters = Parameters.initialise(spec, 7);
        Trainer trainer = new Trainer(spec, parameters, plan, SETTINGS)) {
      Trainer.Result result = trainer.train(source, List.of(), checkpoints, Progress.silent());
      return new Outcome(parameters.values(), result);
    }
  }

  private static void assertSameBits(Outcome actual, Outcome expected) {
    assertThat(actual.weights().keySet()).isEqualTo(expected.weights().keySet());
    expected.weights().forEach((name, values) -> assertThat(actual.weights().get(name)).as(name).isEqualTo(values));
  }

  private static void assertClose(Outcome actual, Outcome expected, float tolerance) {
    expected
        .weights()
        .forEach(
            (name, values) -> assertThat(actual.weights().get(name)).as(name).containsExactly(values, within(tolerance)));
    assertThat(actual.lastLoss()).isCloseTo(expected.lastLoss(), within(1e-4));
  }

  /// oracles.md: loss is normalised by the global number of target tokens. Gradients differ by rounding only.
  @Test
  void gradients_oneBatchManyMicroBatchesAndReplicas_areEqual() throws Exception {
    LabelledBatch whole = TinyModels.together(TrainerTest::sequence, 0, 8);
    List<LabelledBatch> parts = java.util.stream.IntStream.range(0, 8).mapToObj(TrainerTest::sequence).toList();
    try (Parameters parameters = TinyModels.parameters(SPEC, 3)) {
      Map<String, float[]> one = gradients(parameters, 1, List.of(whole), whole.learned());
      for (int replicas : new int[] {1, 2, 3}) {
        Map<String, float[]> many = gradients(parameters, replicas, parts, whole.learned());
        one.forEach((name, values) -> assertThat(many.get(name)).as(name).containsExactly(values, within(1e-5f)));
      }
    }
  }

  private static Map<String, float[]> gradients(
      Parameters parameters, int replicas, List<LabelledBatch> microBatches, int learned) {
    try (Replicas team = new Replicas(SPEC, parameters, replicas, 1)) {
      team.backward(microBatches, 1.0 / learned);
      Map<String, float[]> gradients = new LinkedHashMap<>();
      team.gradients().forEach((name, gradient) -> gradients.put(name, gradient.floats()));
      team.clear();
      assertThat(team.gradients()).isEmpty();
      return gradients;
    }
  }

  /// Adam divides by the gradient's own size, which enlarges its rounding: hence 1e-3 of weights that move by 0.05.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void train_eightMicroBatches_endsLikeOneOfEight(boolean muon) throws Exception {
    Muon.@Nullable Settings settings = muon ? MUON : null;
    Outcome eight = train("eight", plan(6, 8, 1, settings), TrainerTest::sequence);
    Outcome one =
        train("one", plan(6, 1, 1, settings), i -> TinyModels.together(TrainerTest::sequence, i * 8, 8));
    assertClose(eight, one, 1e-3f);
  }

  @Test
  void train_twoReplicas_endsLikeOne() throws Exception {
    Outcome one = train("r1", plan(6, 4, 1, MUON), TrainerTest::sequence);
    Outcome two = train("r2", plan(6, 4, 2, MUON), TrainerTest::sequence);
    assertClose(two, one, 1e-3f);
    assertThat(two.result().tokens()).isEqualTo(one.result().tokens());
  }

  @Test
  void train_twice_givesTheSameBits() throws Exception {
    assertSameBits(
        train("a", plan(5, 4, 2, MUON), TrainerTest::sequence), train("b", plan(5, 4, 2, MUON), TrainerTest::sequence));
  }

  /// Interrupts the training thread while it fetches the data of the given step.
  private static BatchSource interruptingAt(long microBatch) {
    return index -> {
      if (index == microBatch) {
        Thread.currentThread().interrupt();
      }
      return sequence(index);
    };
  }

  @ParameterizedTest
  @CsvSource({"1,false,false", "2,false,false", "1,true,false", "2,true,false", "2,true,true"})
  void train_stoppedAndResumed_endsWithTheBitsOfAnUninterruptedRun(int replicas, boolean muon, boolean lookups)
      throws Exception {
    DecoderSpec spec = lookups ? TinyModels.withLookups(SPEC) : SPEC;
    TrainPlan plan = plan(9, 2, replicas, muon ? MUON : null);
    Outcome whole = train(spec, plan, TrainerTest::sequence, checkpoints("whole", new ArrayList<>()));
    Checkpoints checkpoints = checkpoints("stopped", new ArrayList<>());
    assertThatThrownBy(() -> train(spec, plan, interruptingAt(6), checkpoints))
        .isInstanceOf(InterruptedException.class)
        .hasMessageContaining("stopped at step 4 of 9");
    assertThatThrownBy(() -> train(spec, plan, interruptingAt(12), checkpoints))
        .isInstanceOf(InterruptedException.class)
        .hasMessageContaining("stopped at step 7 of 9");
    Outcome resumed = train(spec, plan, TrainerTest::sequence, checkpoints);
    assertSameBits(resumed, whole);
    assertThat(resumed.result().tokens()).isEqualTo(whole.result().tokens());
    assertThat(resumed.result().log().training()).hasSize(9);
    assertThat(resumed.result().log().training().stream().map(TrainingLog.Step::loss))
        .isEqualTo(whole.result().log().training().stream().map(TrainingLog.Step::loss).toList());
    assertThat(resumed.result().log().notes()).containsExactly("resumed at step 4", "resumed at step 7");
  }

  @Test
  void train_finishedRun_isNotTrainedAgain() throws Exception {
    Outcome first = train("done", plan(3, 2, 1, null), TrainerTest::sequence);
    Outcome again = train("done", plan(3, 2, 1, null), TrainerTest::sequence);
    assertSameBits(again, first);
    assertThat(again.result().seconds()).isEqualTo(first.result().seconds());
  }

  enum Damage {
    FLIPPED_BYTE,
    CUT_TENSORS,
    NO_TENSORS,
    NO_STATE,
    HALF_STATE
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.EnumSource(Damage.class)
  void train_newestCheckpointDamaged_goesOnFromTheOneBeforeAndSaysSo(Damage damage) throws Exception {
    TrainPlan plan = plan(8, 2, 1, MUON);
    Outcome whole = train("whole", plan, TrainerTest::sequence);
    List<String> said = new ArrayList<>();
    Checkpoints checkpoints = checkpoints("damaged", said);
    assertThatThrownBy(() -> train(plan, interruptingAt(4), checkpoints)).isInstanceOf(InterruptedException.class);
    assertThatThrownBy(() -> train(plan, interruptingAt(10), checkpoints)).isInstanceOf(InterruptedException.class);
    damage(dir.resolve("damaged").resolve("step-00000006"), damage);
    Outcome resumed = train(plan, TrainerTest::sequence, checkpoints);
    assertSameBits(resumed, whole);
    assertThat(said).hasSize(1);
    assertThat(said.getFirst()).contains("step-00000006").contains("cannot be used");
    assertThat(resumed.result().log().notes()).containsExactly("resumed at step 3");
  }

  private static void damage(Path checkpoint, Damage damage) throws IOException {
    Path tensors = checkpoint.resolve("tensors.safetensors");
    Path state = checkpoint.resolve("state.json");
    byte[] bytes = Files.readAllBytes(tensors);
    switch (damage) {
      case FLIPPED_BYTE -> {
        bytes[bytes.length / 2] ^= 1;
        Files.write(tensors, bytes);
      }
      case CUT_TENSORS -> Files.write(tensors, java.util.Arrays.copyOf(bytes, bytes.length - 4));
      case NO_TENSORS -> Files.delete(tensors);
      case NO_STATE -> Files.delete(state);
      case HALF_STATE -> {
        String text = Files.readString(state);
        Files.writeString(state, text.substring(0, text.length() / 2));
      }
    }
  }

  @Test
  void train_newestCheckpointGone_goesOnFromTheOneBefore() throws Exception {
    TrainPlan plan = plan(8, 2, 1, null);
    Outcome whole = train("whole", plan, TrainerTest::sequence);
    Checkpoints checkpoints = checkpoints("gone", new ArrayList<>());
    assertThatThrownBy(() -> train(plan, interruptingAt(4), checkpoints)).isInstanceOf(InterruptedException.class);
    assertThatThrownBy(() -> train(plan, interruptingAt(10), checkpoints)).isInstanceOf(InterruptedException.class);
    // As a process killed while it wrote leaves it: the whole one, and a half-written one beside it.
    Path newest = dir.resolve("gone").resolve("step-00000006");
    Files.delete(newest.resolve("state.json"));
    Files.move(newest, dir.resolve("gone").resolve(".step.part"));
    assertSameBits(train(plan, TrainerTest::sequence, checkpoints), whole);
  }

  @Test
  void train_checkpointOfAnotherPlan_isNotResumed() throws Exception {
    List<String> said = new ArrayList<>();
    train(plan(3, 2, 1, null), TrainerTest::sequence, checkpoints("plans", said));
    Outcome other = train(plan(3, 2, 1, MUON), TrainerTest::sequence, checkpoints("plans", said));
    assertThat(said).hasSize(1);
    assertThat(said.getFirst()).contains("another plan");
    assertSameBits(other, train("fresh", plan(3, 2, 1, MUON), TrainerTest::sequence));
  }

  @Test
  void train_manyStops_keepsTwoCheckpoints() throws Exception {
    for (long stop : new long[] {2, 6, 10}) {
      assertThatThrownBy(() -> train("kept", plan(8, 2, 1, null), interruptingAt(stop)))
          .isInstanceOf(InterruptedException.class);
    }
    try (Stream<Path> entries = Files.list(dir.resolve("kept"))) {
      assertThat(entries.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("step-00000004", "step-00000006");
    }
  }

  @Test
  void train_hugeLearningRate_isAUsersMistakeThatNamesTheStep() {
    TrainPlan wild =
        new TrainPlan(
            20, 2, 1, 1, new Schedule.Wsd(0, 0), new AdamW.Settings(1e37, 0.9, 0.95, 1e-8, 0), Optional.empty(), Double.MAX_VALUE);
    assertThatThrownBy(() -> train("wild", wild, TrainerTest::sequence))
        .isInstanceOf(UserException.class)
        .hasMessageMatching("(?s).*diverged at step \\d+ .*learning_rate.*");
  }

  /// The unigram entropy is ln 64 = 4.16 nats and the entropy given one token ln 4 = 1.39: below it, the model has learned the
  /// rule of each sequence from what it saw of it.
  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "3,false", "1,true", "2,true", "3,true"})
  void train_syntheticLanguage_isLearnedFarBelowItsUnigramEntropy(long seed, boolean muon) throws Exception {
    TrainPlan plan =
        new TrainPlan(
            200, 1, 1, 1, new Schedule.Wsd(0.05, 0.3), ADAM, muon ? Optional.of(MUON) : Optional.empty(), 1);
    BatchSource source =
        index -> TinyModels.together(i -> TinyModels.counting(seed, i, 16), index * 16, 16);
    List<LabelledBatch> unseen = List.of(TinyModels.together(i -> TinyModels.counting(-seed, i, 16), 0, 64));
    try (Parameters parameters = Parameters.initialise(SPEC, seed);
        Trainer trainer = new Trainer(SPEC, parameters, plan, SETTINGS)) {
      TrainingLog log =
          trainer.train(source, unseen, checkpoints("learn", new ArrayList<>()), Progress.silent()).log();
      assertThat(log.validation().getFirst().loss()).isCloseTo(Math.log(64), within(0.2));
      assertThat(log.validation().getLast().loss()).isLessThan(1);
    }
  }

  /// What one bigram says of the next token is ln 1 here: the step is the difference. A model whose attention is cut off by
  /// sequences of two tokens can learn it from the tables alone.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void train_bigramTable_learnsWhatTheLastTwoTokensSay(long seed) throws Exception {
    DecoderSpec spec = SPEC.with(Optional.of(new NgramEmbedding(List.of(2), 1 << 14, 16)), Optional.empty());
    TrainPlan plan = new TrainPlan(300, 1, 1, 1, new Schedule.Wsd(0.05, 0.3), ADAM, Optional.of(MUON), 1);
    BatchSource pairs = index -> TinyModels.together(i -> lastOfTwo(seed, i), index * 128, 128);
    List<LabelledBatch> unseen = List.of(TinyModels.together(i -> lastOfTwo(-seed, i), 0, 256));
    assertThat(lastLoss(SPEC, seed, plan, pairs, unseen) - lastLoss(spec, seed, plan, pairs, unseen)).isGreaterThan(0.5);
  }

  /// Two tokens drawn at random, and what follows them: a fixed but arbitrary function of both.
  private static LabelledBatch lastOfTwo(long seed, long index) {
    java.util.Random random = new java.util.Random(seed * 1_000_003 + index);
    random.nextInt();
    long[] ids = {random.nextInt(64), random.nextInt(64)};
    long[] targets = {LabelledBatch.IGNORED, new java.util.SplittableRandom(ids[0] * 64 + ids[1]).nextInt(64)};
    return new LabelledBatch(new TokenBatch(ids, new int[] {2}), targets);
  }

  private double lastLoss(DecoderSpec spec, long seed, TrainPlan plan, BatchSource source, List<LabelledBatch> unseen)
      throws InterruptedException {
    try (Parameters parameters = Parameters.initialise(spec, seed);
        Trainer trainer = new Trainer(spec, parameters, plan, SETTINGS)) {
      Checkpoints checkpoints = checkpoints("tables-" + spec.ngrams().isPresent(), new ArrayList<>());
      return trainer.train(source, unseen, checkpoints, Progress.silent()).log().validation().getLast().loss();
    }
  }

  @Test
  void train_clip_limitsTheStepAndReportsTheNormBefore() throws Exception {
    Outcome outcome = train("clip", plan(2, 2, 1, null), TrainerTest::sequence);
    TrainingLog.Step first = outcome.result().log().training().getFirst();
    try (Parameters parameters = Parameters.initialise(SPEC, 7)) {
      List<LabelledBatch> batches = List.of(sequence(0), sequence(1));
      int learned = batches.stream().mapToInt(LabelledBatch::learned).sum();
      double square = 0;
      for (float[] gradient : gradients(parameters, 1, batches, learned).values()) {
        for (float g : gradient) {
          square += (double) g * g;
        }
      }
      assertThat(first.gradientNorm()).isCloseTo(Math.sqrt(square), within(1e-4 * Math.sqrt(square)));
      assertThat(first.loss()).isCloseTo(Math.log(64), within(0.2));
      assertThat(first.tokens()).isEqualTo(25);
    }
  }
}
