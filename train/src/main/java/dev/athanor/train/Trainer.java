package dev.athanor.train;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.MultiTokenModules;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.nn.Parameters;
import dev.athanor.tensor.LibTorch;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Precision;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import dev.athanor.train.optim.Muon;
import dev.athanor.train.optim.Optimizer;
import dev.athanor.train.optim.RowAdagrad;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The training loop: batches, gradients, one step, and again; a checkpoint now and then.
///
/// A run that was stopped, or killed, goes on from its last checkpoint and ends with the same bits as one that was not.
public final class Trainer implements AutoCloseable {
  private static final double CHECKPOINT_SECONDS = 30;
  /// Where writing one takes long, they come more rarely.
  private static final double SHARE_FOR_CHECKPOINTS = 0.02;
  private static final int LOGGED_POINTS = 400;

  private final ModelSpec spec;
  private final Parameters parameters;
  private final TrainPlan plan;
  private final Settings settings;
  /// Of the modules that predict further tokens: trained and kept in checkpoints, and no part of the model.
  private final @Nullable Parameters further;
  private final Replicas replicas;
  private final List<Optimizer> optimizers = new ArrayList<>();
  private final String fingerprint;

  private final @Nullable LossScaler scaler;
  private TrainingLog log = TrainingLog.empty();
  private long step;
  private long tokens;
  private double seconds;
  private double stepSeconds;

  /// @param name of the stage, for its progress line
  /// @param validateEvery steps between looks at the validation data; there is always one at the end
  /// @param dataFingerprint of the training data, so that a checkpoint is never resumed on other data
  /// @param peakGflops the machine's limit, for the MFU beside the progress bar; 0 shows none
  public record Settings(
      String name, long validateEvery, String dataFingerprint, double peakGflops, int sequenceLength) {}

  public Trainer(ModelSpec spec, Parameters parameters, TrainPlan plan, Settings settings) {
    this.spec = spec;
    this.parameters = parameters;
    this.plan = plan;
    this.settings = settings;
    Replicas.Manner manner =
        new Replicas.Manner(plan.regularisation(), plan.checkpointing(), plan.precision(), settings.dataFingerprint().hashCode());
    MultiTokenModules modules = plan.multiToken().map(prediction -> modules(spec, prediction)).orElse(null);
    further = modules == null ? null : Parameters.initialise(modules.weights(), settings.dataFingerprint().hashCode());
    replicas = new Replicas(spec, parameters, further(modules, further), plan.replicas(), plan.threadsEach(), manner);
    scaler = plan.precision() == Precision.F16 ? new LossScaler() : null;
    List<WeightSpec> weights = new ArrayList<>(WeightNames.weights(spec));
    if (modules != null) {
      weights.addAll(modules.weights());
    }
    shareOut(weights);
    fingerprint = Sha256.of(Json.canonical(List.of(spec, plan, settings.dataFingerprint())));
  }

  private static MultiTokenModules modules(ModelSpec spec, MultiTokenPrediction prediction) {
    if (!(spec instanceof DecoderSpec decoder)) {
      throw new IllegalArgumentException("further tokens are predicted of decoders, not of this " + spec.kind());
    }
    return new MultiTokenModules(decoder, prediction.modules());
  }

  private Replicas.@Nullable Further further(@Nullable MultiTokenModules modules, @Nullable Parameters weights) {
    return modules == null || weights == null
        ? null
        : new Replicas.Further(modules, weights, plan.multiToken().orElseThrow().weightEach());
  }

  /// Each weight to the optimizer that suits its role.
  private void shareOut(List<WeightSpec> weights) {
    SequencedMap<String, Tensor> tables = new LinkedHashMap<>();
    SequencedMap<String, Tensor> matrices = new LinkedHashMap<>();
    SequencedMap<String, Tensor> rest = new LinkedHashMap<>();
    Set<String> spared = new HashSet<>(); // a number a channel and state is no matrix, though it looks like one
    for (WeightSpec weight : weights) {
      SequencedMap<String, Tensor> group =
          switch (weight.role()) {
            case TABLE -> tables;
            case MATRIX, EXPERT -> plan.muon().isPresent() ? matrices : rest;
            case EMBEDDING, HEAD, CONVOLUTION, VECTOR -> rest;
          };
      Parameters owner = further != null && further.byName().containsKey(weight.name()) ? further : parameters;
      group.put(weight.name(), owner.get(weight.name()));
      if (weight.role() == WeightSpec.Role.VECTOR) {
        spared.add(weight.name());
      }
    }
    if (!matrices.isEmpty()) {
      plan.muon().ifPresent(settings -> optimizers.add(new Muon(matrices, settings)));
    }
    optimizers.add(plan.optimizer().over(rest, spared::contains));
    if (!tables.isEmpty()) {
      optimizers.add(new RowAdagrad(tables, plan.tables()));
    }
  }

  /// Trains to the plan's end.
  ///
  /// @param validation a fixed set of batches; may be empty
  /// @throws InterruptedException when the thread was interrupted: a checkpoint has been written
  /// @throws UserException when the loss is no longer a number
  public Result train(
      BatchSource source, List<LabelledBatch> validation, Checkpoints checkpoints, Progress progress)
      throws InterruptedException {
    restore(checkpoints, progress);
    try (Progress.Task task = progress.start(settings.name(), plan.steps() * (long) tokensPerStep(source), "tok")) {
      task.advance(tokens);
      if (step == 0) {
        validate(validation);
      }
      double nextSave = seconds + CHECKPOINT_SECONDS;
      Window window = new Window();
      while (step < plan.steps() && !isStoppedEarly()) {
        long start = System.nanoTime();
        Outcome outcome = oneStep(source);
        double took = secondsSince(start);
        stepSeconds += took;
        window.add(outcome, took);
        boolean logNow = step % Math.max(1, plan.steps() / LOGGED_POINTS) == 0 || step == plan.steps();
        if (logNow) {
          window = report(window, task);
        }
        if (step % settings.validateEvery() == 0 || step == plan.steps()) {
          validate(validation);
          keepIfBest(checkpoints);
        }
        task.advance(lastTokens);
        boolean stopped = Thread.interrupted();
        seconds += secondsSince(start);
        boolean last = step == plan.steps() || isStoppedEarly();
        if (stopped || seconds > nextSave || last) {
          long saving = System.nanoTime();
          checkpoints.save(step, tokens, seconds, stepSeconds, fingerprint, log, tensors());
          double saved = secondsSince(saving);
          seconds += last ? 0 : saved; // the last one cannot count itself
          nextSave = seconds + Math.max(CHECKPOINT_SECONDS, saved / SHARE_FOR_CHECKPOINTS);
        }
        if (stopped) {
          throw new InterruptedException("stopped at step " + step + " of " + plan.steps() + "; a checkpoint was written");
        }
      }
      takeBest(checkpoints, progress);
    }
    return new Result(tokens, seconds, stepSeconds, log);
  }

  /// @param tokens seen
  /// @param seconds of training with validation and checkpoints, interruptions not counted
  /// @param stepSeconds of the steps alone
  public record Result(long tokens, double seconds, double stepSeconds, TrainingLog log) {}

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /// The outcome of one step.
  private record Outcome(double loss, double gradientNorm, double learningRate, int tokens) {}

  private int lastTokens;

  private Outcome oneStep(BatchSource source) {
    List<LabelledBatch> microBatches = new ArrayList<>();
    long first = step * plan.microBatches();
    for (int m = 0; m < plan.microBatches(); m++) {
      microBatches.add(source.microBatch(first + m));
    }
    int learned = microBatches.stream().mapToInt(LabelledBatch::learned).sum();
    lastTokens = microBatches.stream().mapToInt(batch -> batch.batch().read()).sum();
    double lossScale = scaler == null ? 1 : scaler.scale();
    double loss =
        replicas.backward(microBatches, first, lossScale / learned, lossScale / plan.microBatches()) / learned;
    double factor = plan.schedule().factor(step, plan.steps());
    double norm;
    LibTorch.threads(plan.threadsEach());
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      SequencedMap<String, Tensor> gradients = replicas.gradients();
      norm = clip(gradients, lossScale);
      if (isSound(loss, norm)) {
        replicas.sideBySide(optimizers.stream().<Runnable>map(optimizer -> () -> optimizer.step(gradients, factor)).toList());
      }
    }
    replicas.clear();
    step++;
    tokens += lastTokens;
    double rate = plan.muon().map(Muon.Settings::learningRate).orElse(plan.optimizer().learningRate());
    return new Outcome(loss, norm, rate * factor, lastTokens);
  }

  /// Whether the step can be made; a gradient that overflowed f16 is left out, and the next one scaled less.
  ///
  /// @throws UserException when nothing would help
  private boolean isSound(double loss, double norm) {
    boolean finite = Double.isFinite(loss) && Double.isFinite(norm);
    if (scaler != null && Double.isFinite(loss) && !scaler.isExhausted()) {
      return scaler.update(finite);
    }
    if (!finite) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "training diverged at step %d (loss %f, gradient norm %f): lower learning_rate or raise warmup",
              step, loss, norm));
    }
    return true;
  }

  // ---- early stopping ----

  private boolean isStoppedEarly() {
    if (plan.patience().isEmpty() || log.validation().isEmpty()) {
      return false;
    }
    return log.validation().size() - 1 - bestValidation() >= plan.patience().getAsInt();
  }

  /// Which look at the validation data had the lowest loss.
  private int bestValidation() {
    int best = 0;
    for (int i = 1; i < log.validation().size(); i++) {
      if (log.validation().get(i).loss() < log.validation().get(best).loss()) {
        best = i;
      }
    }
    return best;
  }

  private void keepIfBest(Checkpoints checkpoints) {
    if (plan.patience().isPresent() && !log.validation().isEmpty() && bestValidation() == log.validation().size() - 1) {
      checkpoints.saveBest(weights());
    }
  }

  /// The weights of the lowest validation loss, where early stopping is asked for and it was not the last.
  private void takeBest(Checkpoints checkpoints, Progress progress) {
    if (plan.patience().isEmpty() || log.validation().isEmpty() || bestValidation() == log.validation().size() - 1) {
      return;
    }
    TrainingLog.Validation best = log.validation().get(bestValidation());
    checkpoints.restoreBest(weights());
    String note =
        String.format(
            Locale.ROOT,
            "%s at step %d; the validation loss was lowest at step %d (%.4f), and the model is that of this step",
            step < plan.steps() ? "stopped early" : "ended",
            step,
            best.step(),
            best.loss());
    log.notes().add(note);
    progress.say(settings.name() + ": " + note);
  }

  /// Shortens the gradient to the plan's limit.
  ///
  /// @param lossScale that it is to be divided by first
  /// @return its norm before
  private double clip(SequencedMap<String, Tensor> gradients, double lossScale) {
    double square = 0;
    for (Tensor gradient : gradients.values()) {
      double norm = gradient.norm().item();
      square += norm * norm;
    }
    double norm = Math.sqrt(square) / lossScale;
    double share = Math.min(1, plan.clip() / norm) / lossScale;
    if (share != 1) {
      gradients.values().forEach(gradient -> (gradient.isSparse() ? gradient.sparseValues() : gradient).mul_(share));
    }
    return norm;
  }

  /// Steps since the last logged point.
  private static final class Window {
    private double seconds;
    private double loss;
    private double norm;
    private double learningRate;
    private long tokens;
    private int steps;

    void add(Outcome outcome, double took) {
      seconds += took;
      loss += outcome.loss;
      norm += outcome.gradientNorm;
      learningRate = outcome.learningRate;
      tokens += outcome.tokens;
      steps++;
    }
  }

  private Window report(Window window, Progress.Task task) {
    double speed = window.tokens / window.seconds;
    double loss = window.loss / window.steps;
    log.training().add(
        new TrainingLog.Step(step, tokens, loss, window.norm / window.steps, window.learningRate, speed));
    String validation =
        log.validation().isEmpty() ? "" : String.format(Locale.ROOT, " · val %.3f", log.validation().getLast().loss());
    String share =
        settings.peakGflops() > 0 ? String.format(Locale.ROOT, " · MFU %.0f %%", 100 * mfu(speed)) : "";
    task.note(String.format(Locale.ROOT, "loss %.3f%s%s", loss, validation, share));
    return new Window();
  }

  /// The share of the machine's measured limit that a speed in tokens a second makes use of.
  public double mfu(double tokensPerSecond) {
    return tokensPerSecond * spec.trainingFlopsPerToken(settings.sequenceLength()) / (settings.peakGflops() * 1e9);
  }

  private void validate(List<LabelledBatch> validation) {
    if (validation.isEmpty()) {
      return;
    }
    Replicas.Score score = replicas.score(validation);
    log.validation().add(new TrainingLog.Validation(step, tokens, score.loss(), score.accuracy(), score.ahead()));
  }

  private int tokensPerStep(BatchSource source) {
    return source.microBatch(0).batch().read() * plan.microBatches();
  }

  private void restore(Checkpoints checkpoints, Progress progress) {
    Optional<Checkpoints.State> found = checkpoints.restore(fingerprint, tensors());
    found.ifPresent(
        state -> {
          step = state.step();
          tokens = state.tokens();
          seconds = state.seconds();
          stepSeconds = state.stepSeconds();
          log = state.log();
          if (step < plan.steps()) {
            log.notes().add("resumed at step " + step);
          }
          progress.say(settings.name() + ": going on from the checkpoint at step " + step + " of " + plan.steps());
        });
  }

  private SequencedMap<String, Tensor> tensors() {
    SequencedMap<String, Tensor> all = weights();
    if (further != null) {
      further.byName().forEach((name, weight) -> all.put(name, weight.detach()));
    }
    optimizers.forEach(optimizer -> all.putAll(optimizer.state()));
    if (scaler != null) {
      all.put("loss_scaler", scaler.state());
    }
    return all;
  }

  private SequencedMap<String, Tensor> weights() {
    SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
    parameters.byName().forEach((name, weight) -> weights.put(name, weight.detach()));
    return weights;
  }

  @Override
  public void close() {
    replicas.close();
    optimizers.forEach(Optimizer::close);
    if (further != null) {
      further.close();
    }
    if (scaler != null) {
      scaler.close();
    }
  }
}
