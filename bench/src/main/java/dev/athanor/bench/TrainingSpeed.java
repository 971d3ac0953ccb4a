package dev.athanor.bench;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tensor.Gemm;
import dev.athanor.tensor.LibTorch;
import dev.athanor.train.BatchSource;
import dev.athanor.train.Checkpoints;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.Schedule;
import dev.athanor.train.TrainPlan;
import dev.athanor.train.Trainer;
import dev.athanor.train.TrainingLog;
import dev.athanor.train.optim.AdamW;
import dev.athanor.train.optim.Muon;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How fast the trainer trains, in tokens a second and as a share of the rate of matrix products that the same process reaches
/// just before and after: other programs slow both down, and the share says so by its range.
@Command(
    name = "TrainingSpeed",
    mixinStandardHelpOptions = true,
    description = "Tokens a second in training, and their share of the measured sgemm peak.")
final class TrainingSpeed implements Callable<Integer> {
  /// Steps of each repeat that are not counted: memory is touched for the first time and code compiled.
  private static final int WARM_UP = 3;

  @Mixin ModelShape shape = new ModelShape();

  @Option(names = "--batch", paramLabel = "<n>", defaultValue = "8", description = "sequences a step (default: 8)")
  int batch;

  @Option(names = "--length", paramLabel = "<n>", defaultValue = "256", description = "tokens a sequence (default: 256)")
  int length;

  @Option(names = "--replicas", paramLabel = "<n>", defaultValue = "1", description = "threads that share a step (default: 1)")
  int replicas;

  @Option(names = "--threads-each", paramLabel = "<n>", defaultValue = "0", description = "default: cores / replicas")
  int threadsEach;

  @Option(names = "--muon", description = "Muon for the blocks' matrices")
  boolean muon;

  @Option(names = "--steps", paramLabel = "<n>", defaultValue = "10", description = "counted steps a repeat (default: 10)")
  int steps;

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "5", description = "default: 5")
  int repeats;

  private final int cores = Runtime.getRuntime().availableProcessors();
  private final List<Double> speeds = new ArrayList<>();
  private final List<Double> peaks = new ArrayList<>();
  private final List<Double> shares = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(Benchmark.run(new TrainingSpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    if (replicas < 1 || batch < 1 || batch % replicas != 0 || steps < 1 || repeats < 1 || length < 1) {
      throw new UserException(
          "--batch " + batch + " must be a multiple of --replicas " + replicas + ", and all counts positive");
    }
    DecoderSpec spec = shape.spec(length);
    System.out.printf(
        Locale.ROOT,
        "%,d parameters, %,.1f MFLOP a token; %d × %d tokens a step; %d replicas × %d threads of %d cores; %s; %s%n",
        spec.parameters(), spec.trainingFlopsPerToken(length) / 1e6, batch, length, replicas, threads(), cores,
        muon ? "Muon" : "AdamW", LibTorch.blas());
    double before = peak();
    for (int repeat = 0; repeat < repeats; repeat++) {
      double speed = speed(spec);
      double after = peak();
      double flops = speed * spec.trainingFlopsPerToken(length) / 1e9;
      speeds.add(speed);
      shares.add(100 * flops / before);
      shares.add(100 * flops / after);
      System.out.printf(
          Locale.ROOT, "  repeat %d: %,.0f tok/s, %.1f GFLOP/s; peak %.1f before, %.1f after%n",
          repeat + 1, speed, flops, before, after);
      before = after;
    }
    Measured share = new Measured(shares);
    System.out.println("tokens/s    " + new Measured(speeds).text());
    System.out.println("sgemm peak  " + new Measured(peaks).text() + " GFLOP/s, " + cores + " threads, " + LibTorch.blas());
    System.out.printf(
        Locale.ROOT, "MFU         %.1f %% (%.1f to %.1f %% of the peak beside it)%n", share.median(), share.min(), share.max());
    return 0;
  }

  private int threads() {
    return threadsEach > 0 ? threadsEach : Math.max(1, cores / replicas);
  }

  private double peak() {
    double peak = Gemm.peakGflops(cores);
    peaks.add(peak);
    return peak;
  }

  /// The median over one run's counted steps.
  private double speed(DecoderSpec spec) throws Exception {
    int total = WARM_UP + steps;
    Optional<Muon.Settings> forMatrices =
        muon ? Optional.of(new Muon.Settings(0.01, 0.95, 0.1)) : Optional.empty();
    TrainPlan plan =
        new TrainPlan(
            total, replicas, replicas, threads(), new Schedule.Wsd(0, 0),
            new AdamW.Settings(1e-3, 0.9, 0.95, 1e-8, 0.1), forMatrices, 1);
    List<Double> counted = new ArrayList<>();
    Benchmark.inTemporaryFolder(
        folder -> {
          try (Parameters parameters = Parameters.initialise(spec, 1);
              Trainer trainer =
                  new Trainer(spec, parameters, plan, new Trainer.Settings("speed", total, "random", 1, length))) {
            TrainingLog log =
                trainer
                    .train(random(spec), List.of(), new Checkpoints(folder, System.err::println), Progress.silent())
                    .log();
            // A point of the log may stand for several steps in long runs; each is a rate.
            log.training().stream()
                .filter(point -> point.step() > WARM_UP)
                .forEach(point -> counted.add(point.tokensPerSecond()));
          }
        });
    return new Measured(counted).median();
  }

  private BatchSource random(DecoderSpec spec) {
    int sequences = batch / replicas;
    int[] lengths = new int[sequences];
    Arrays.fill(lengths, length);
    return index -> {
      Random random = new Random(index);
      long[] ids = random.longs((long) sequences * length, 0, spec.vocabSize()).toArray();
      long[] targets = random.longs((long) sequences * length, 0, spec.vocabSize()).toArray();
      return new LabelledBatch(new TokenBatch(ids, lengths), targets);
    };
  }
}
