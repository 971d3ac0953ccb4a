package dev.athanor.train;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.model.ModelSpec;
import dev.athanor.nn.Parameters;
import dev.athanor.tensor.LibTorch;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.Muon;
import dev.athanor.train.optim.Optimizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/// The training loop: batches, gradients, one step, and again; a checkpoint now and then.
///
/// A run that was stopped, or killed, goes on from its last checkpoint and ends with the same bits as one that was not.
public final class Trainer implements AutoCloseable {
  private static final double CHECKPOINT_SECONDS = 30;
  private static final int LOGGED_POINTS = 400;

  private final ModelSpec spec;
  private final Parameters parameters;
  private final TrainPlan plan;
  private final Settings settings;
  private final Replicas replicas;
  private final List<Optimizer> optimizers = new ArrayList<>();
  private final String fingerprint;

  private TrainingLog log = TrainingLog.empty();
  private long step;
  private long tokens;
  private double seconds;

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
    replicas = new Replicas(spec, parameters, plan.replicas(), plan.threadsEach());
    SequencedMap<String, Tensor> matrices = new LinkedHashMap<>();
    SequencedMap<String, Tensor> rest = new LinkedHashMap<>();
    parameters
        .byName()
        .forEach((name, weight) -> (isBlockMatrix(name, weight) ? matrices : rest).put(name, weight));
    if (plan.muon().isPresent()) {
      optimizers.add(new Muon(matrices, plan.muon().get()));
      optimizers.add(new AdamW(rest, plan.adamW()));
    } else {
      optimizers.add(new AdamW(parameters.byName(), plan.adamW()));
    }
    fingerprint = Sha256.of(Json.canonical(List.of(spec, plan, settings.dataFingerprint())));
  }

  private static boolean isBlockMatrix(String name, Tensor weight) {
    return name.startsWith("model.layers.") && weight.shape().length == 2;
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
      double lastSaved = seconds;
      Window window = new Window(System.nanoTime());
      while (step < plan.steps()) {
        long start = System.nanoTime();
        window.add(oneStep(source));
        boolean logNow = step % Math.max(1, plan.steps() / LOGGED_POINTS) == 0 || step == plan.steps();
        if (logNow) {
          window = report(window, task);
        }
        if (step % settings.validateEvery() == 0 || step == plan.steps()) {
          validate(validation);
        }
        seconds += (System.nanoTime() - start) / 1e9;
        task.advance(lastTokens);
        boolean stopped = Thread.interrupted();
        if (stopped || seconds - lastSaved > CHECKPOINT_SECONDS || step == plan.steps()) {
          checkpoints.save(step, tokens, seconds, fingerprint, log, tensors());
          lastSaved = seconds;
        }
        if (stopped) {
          throw new InterruptedException("stopped at step " + step + " of " + plan.steps() + "; a checkpoint was written");
        }
      }
    }
    return new Result(tokens, seconds, log);
  }

  /// @param tokens seen
  /// @param seconds of training, interruptions not counted
  public record Result(long tokens, double seconds, TrainingLog log) {}

  /// The outcome of one step.
  private record Outcome(double loss, double gradientNorm, double learningRate, int tokens) {}

  private int lastTokens;

  private Outcome oneStep(BatchSource source) {
    List<LabelledBatch> microBatches = new ArrayList<>();
    for (int m = 0; m < plan.microBatches(); m++) {
      microBatches.add(source.microBatch(step * plan.microBatches() + m));
    }
    int learned = microBatches.stream().mapToInt(LabelledBatch::learned).sum();
    lastTokens = microBatches.stream().mapToInt(batch -> batch.batch().tokens()).sum();
    double loss = replicas.backward(microBatches, 1.0 / learned) / learned;
    double factor = plan.schedule().factor(step, plan.steps());
    double norm;
    LibTorch.threads(plan.threadsEach());
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      SequencedMap<String, Tensor> gradients = replicas.gradients();
      norm = clip(gradients);
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "training diverged at step %d (loss %f, gradient norm %f): lower learning_rate or raise warmup",
                step, loss, norm));
      }
      for (Optimizer optimizer : optimizers) {
        optimizer.step(gradients, factor);
      }
    }
    replicas.clear();
    step++;
    tokens += lastTokens;
    double rate = plan.muon().map(Muon.Settings::learningRate).orElse(plan.adamW().learningRate());
    return new Outcome(loss, norm, rate * factor, lastTokens);
  }

  /// Shortens the gradient to the plan's limit.
  ///
  /// @return its norm before
  private double clip(SequencedMap<String, Tensor> gradients) {
    double square = 0;
    for (Tensor gradient : gradients.values()) {
      double norm = gradient.norm().item();
      square += norm * norm;
    }
    double norm = Math.sqrt(square);
    if (norm > plan.clip()) {
      gradients.values().forEach(gradient -> gradient.mul_(plan.clip() / norm));
    }
    return norm;
  }

  /// Steps since the last logged point.
  private static final class Window {
    private final long start;
    private double loss;
    private double norm;
    private double learningRate;
    private long tokens;
    private int steps;

    Window(long start) {
      this.start = start;
    }

    void add(Outcome outcome) {
      loss += outcome.loss;
      norm += outcome.gradientNorm;
      learningRate = outcome.learningRate;
      tokens += outcome.tokens;
      steps++;
    }
  }

  private Window report(Window window, Progress.Task task) {
    long now = System.nanoTime();
    double speed = window.tokens / ((now - window.start) / 1e9);
    double loss = window.loss / window.steps;
    log.training().add(
        new TrainingLog.Step(step, tokens, loss, window.norm / window.steps, window.learningRate, speed));
    String validation =
        log.validation().isEmpty() ? "" : String.format(Locale.ROOT, " · val %.3f", log.validation().getLast().loss());
    String share =
        settings.peakGflops() > 0 ? String.format(Locale.ROOT, " · MFU %.0f %%", 100 * mfu(speed)) : "";
    task.note(String.format(Locale.ROOT, "loss %.3f%s%s", loss, validation, share));
    return new Window(now);
  }

  /// The share of the machine's measured limit that a speed in tokens a second makes use of.
  public double mfu(double tokensPerSecond) {
    return tokensPerSecond * spec.trainingFlopsPerToken(settings.sequenceLength()) / (settings.peakGflops() * 1e9);
  }

  private void validate(List<LabelledBatch> validation) {
    if (validation.isEmpty()) {
      return;
    }
    long learned = validation.stream().mapToLong(LabelledBatch::learned).sum();
    log.validation().add(new TrainingLog.Validation(step, tokens, replicas.loss(validation) / learned));
  }

  private int tokensPerStep(BatchSource source) {
    return source.microBatch(0).batch().tokens() * plan.microBatches();
  }

  private void restore(Checkpoints checkpoints, Progress progress) {
    Optional<Checkpoints.State> found = checkpoints.restore(fingerprint, tensors());
    found.ifPresent(
        state -> {
          step = state.step();
          tokens = state.tokens();
          seconds = state.seconds();
          log = state.log();
          if (step < plan.steps()) {
            log.notes().add("resumed at step " + step);
          }
          progress.say(settings.name() + ": going on from the checkpoint at step " + step + " of " + plan.steps());
        });
  }

  private SequencedMap<String, Tensor> tensors() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    parameters.byName().forEach((name, weight) -> all.put(name, weight.detach()));
    optimizers.forEach(optimizer -> all.putAll(optimizer.state()));
    return all;
  }

  @Override
  public void close() {
    replicas.close();
    optimizers.forEach(Optimizer::close);
  }
}
