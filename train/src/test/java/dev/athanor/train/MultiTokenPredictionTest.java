package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.MultiTokenModules;
import dev.athanor.nn.Parameters;
import dev.athanor.train.objective.PrefixLm;
import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.Muon;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultiTokenPredictionTest {
  private static final DecoderSpec SPEC = TinyModels.spec(true, false, true);
  private static final AdamW.Settings ADAM = new AdamW.Settings(0.01, 0.9, 0.95, 1e-6, 0.01);
  private static final Optional<MultiTokenPrediction> TWO = Optional.of(new MultiTokenPrediction(2, 0.3));

  @TempDir Path dir;

  private static TrainPlan plan(long steps, int replicas, Optional<Muon.Settings> muon) {
    return new TrainPlan(steps, 2, replicas, 1, new Schedule.Wsd(0.05, 0.3), ADAM, muon, 1).withMultiToken(TWO);
  }

  private static LabelledBatch counting(long seed, long index, int count) {
    return TinyModels.together(i -> TinyModels.counting(seed, i, 16), index * count, count);
  }

  private record Outcome(Map<String, float[]> weights, TrainingLog log) {}

  private Outcome train(String name, TrainPlan plan, long seed, BatchSource source) throws InterruptedException {
    return train(name, plan, seed, source, counting(-seed, 0, 64));
  }

  private Outcome train(String name, TrainPlan plan, long seed, BatchSource source, LabelledBatch unseen)
      throws InterruptedException {
    Trainer.Settings settings = new Trainer.Settings("further", 1000, "data" + seed, 10, 16);
    try (Parameters parameters = Parameters.initialise(SPEC, seed);
        Trainer trainer = new Trainer(SPEC, parameters, plan, settings)) {
      Checkpoints checkpoints = new Checkpoints(dir.resolve(name), _ -> {});
      TrainingLog log = trainer.train(source, List.of(unseen), checkpoints, Progress.silent()).log();
      return new Outcome(parameters.values(), log);
    }
  }

  /// Who knows a sequence's step knows all that comes; of the second token of a sequence nobody can say more than ln 4 = 1.39, and
  /// that is one in 15 of the next tokens.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void train_countingLanguage_headsLearnTheTokensFurtherAhead(long seed) throws Exception {
    Outcome outcome = train("learn", plan(200, 1, Optional.empty()), seed, index -> counting(seed, index, 8));
    TrainingLog.Validation first = outcome.log().validation().getFirst();
    TrainingLog.Validation last = outcome.log().validation().getLast();
    assertThat(first.ahead()).hasSize(2).allSatisfy(loss -> assertThat(loss).isBetween(4.0, 4.4));
    assertThat(last.loss()).isLessThan(1.1);
    assertThat(last.ahead()).hasSize(2).allSatisfy(loss -> assertThat(loss).isLessThan(1.1));
    assertThat(last.accuracy()).isGreaterThan(first.accuracy() + 0.5);
  }

  /// The losses add up: with the heads' share small enough, the model's own gradient is what it is without them, and with it doubled
  /// the difference doubles.
  @Test
  void gradients_ofTheModel_growEvenlyWithTheWeight() {
    LabelledBatch batch = counting(1, 0, 4);
    MultiTokenModules modules = new MultiTokenModules(SPEC, 2);
    try (Parameters parameters = TinyModels.parameters(SPEC, 3);
        Parameters further = Parameters.initialise(modules.weights(), 4)) {
      Map<String, float[]> none = gradients(parameters, new Replicas.Further(modules, further, 0), batch);
      Map<String, float[]> once = gradients(parameters, new Replicas.Further(modules, further, 0.5), batch);
      Map<String, float[]> twice = gradients(parameters, new Replicas.Further(modules, further, 1), batch);
      double moved = 0;
      for (String name : none.keySet()) {
        float[] base = Objects.requireNonNull(none.get(name));
        for (int i = 0; i < base.length; i++) {
          double step = (double) Objects.requireNonNull(once.get(name))[i] - base[i];
          assertThat(Objects.requireNonNull(twice.get(name))[i] - base[i]).as(name).isCloseTo((float) (2 * step), within(1e-5f));
          moved = Math.max(moved, Math.abs(step));
        }
      }
      assertThat(moved).isGreaterThan(1e-3);
    }
  }

  private static Map<String, float[]> gradients(Parameters parameters, Replicas.Further further, LabelledBatch batch) {
    try (Replicas team = new Replicas(SPEC, parameters, further, 1, 1, Replicas.Manner.PLAIN)) {
      team.backward(List.of(batch), 1.0 / batch.learned());
      Map<String, float[]> gradients = new LinkedHashMap<>();
      team.gradients().forEach((name, gradient) -> gradients.put(name, gradient.floats()));
      return gradients;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void train_stoppedAndResumed_endsWithTheBitsOfAnUninterruptedRun(boolean muon) throws Exception {
    TrainPlan plan = plan(6, 2, muon ? Optional.of(new Muon.Settings(0.02, 0.95, 0)) : Optional.empty());
    Outcome whole = train("whole", plan, 5, index -> counting(5, index, 2));
    BatchSource interrupting =
        index -> {
          if (index == 6) {
            Thread.currentThread().interrupt();
          }
          return counting(5, index, 2);
        };
    assertThatThrownBy(() -> train("stopped", plan, 5, interrupting)).isInstanceOf(InterruptedException.class);
    Outcome resumed = train("stopped", plan, 5, index -> counting(5, index, 2));
    assertThat(resumed.log().notes()).containsExactly("resumed at step 4");
    whole.weights().forEach((name, values) -> assertThat(resumed.weights().get(name)).as(name).isEqualTo(values));
    assertThat(resumed.log().validation().getLast().ahead()).isEqualTo(whole.log().validation().getLast().ahead());
    assertThat(resumed.weights().keySet()).noneMatch(name -> name.startsWith("mtp."));
  }

  /// The modules reach the model's weights, with prefixes, recomputed blocks and lower precision too.
  @Test
  void train_withPrefixesCheckpointingAndDropout_runsAndTellsTheModelApart() throws Exception {
    BatchSource prefixed = new PrefixLm(index -> counting(5, index, 2), 1);
    TrainPlan with =
        plan(4, 1, Optional.empty()).withCheckpointing(true).with(new Regularisation(0.1, 0.1, 1e-4));
    Outcome further = train("with", with, 5, prefixed, prefixed.microBatch(1000));
    Outcome without = train("without", with.withMultiToken(Optional.empty()), 5, prefixed, prefixed.microBatch(1000));
    assertThat(further.log().validation().getLast().ahead()).hasSize(2).allMatch(Double::isFinite);
    assertThat(without.log().validation().getLast().ahead()).isEmpty();
    assertThat(further.weights().get("model.embed_tokens.weight")).isNotEqualTo(without.weights().get("model.embed_tokens.weight"));
  }

  @Test
  void prediction_withoutModulesOrWeight_isRefused() {
    assertThatThrownBy(() -> new MultiTokenPrediction(0, 0.3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MultiTokenPrediction(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
