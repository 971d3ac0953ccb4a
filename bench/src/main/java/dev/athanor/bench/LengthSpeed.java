package dev.athanor.bench;

import dev.athanor.base.Progress;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import dev.athanor.train.BatchSource;
import dev.athanor.train.Checkpoints;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.Schedule;
import dev.athanor.train.TrainPlan;
import dev.athanor.train.Trainer;
import dev.athanor.train.TrainingLog;
import dev.athanor.train.optim.AdamW;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How the time of a training step grows with the length of its one sequence: quadratic in attention's part, linear in state spaces.
@Command(
    name = "LengthSpeed",
    mixinStandardHelpOptions = true,
    description = "Seconds of a training step by the length of its sequence: attention, Mamba, Mamba-2.")
final class LengthSpeed implements Callable<Integer> {
  @Option(names = "--d", paramLabel = "<n>", defaultValue = "128", description = "hidden size, a multiple of 64 (default: 128)")
  int hidden;

  @Option(names = "--layers", paramLabel = "<n>", defaultValue = "2", description = "blocks, of mixers alone (default: 2)")
  int layers;

  @Option(names = "--longest", paramLabel = "<n>", defaultValue = "8192", description = "from 512 up to here (default: 8192)")
  int longest;

  @Option(names = "--steps", paramLabel = "<n>", defaultValue = "3", description = "counted, after one that is not (default: 3)")
  int steps;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new LengthSpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    Map<String, Mixer> mixers = new LinkedHashMap<>();
    mixers.put("attention", new Mixer.Attention(hidden / 32, hidden / 32, 32, new Rope(10_000), false, false));
    mixers.put("mamba", new Mixer.Mamba(2 * hidden, 16, 4, Math.ceilDiv(hidden, 16), true, false));
    mixers.put("mamba2", new Mixer.Mamba2(2 * hidden / 64, 64, 1, 64, 4, 64, true, false, 1e-6));
    System.out.printf("hidden size %d, %d blocks without feed-forward parts, one sequence a step%n", hidden, layers);
    for (Map.Entry<String, Mixer> mixer : mixers.entrySet()) {
      double before = 0;
      for (int length = 512; length <= longest; length *= 2) {
        DecoderSpec spec =
            DecoderSpec.uniform(1024, hidden, layers, length, mixer.getValue(), new FeedForward.None(), new Norm.Rms(1e-6), true);
        Measured seconds = new Measured(seconds(spec, length));
        String growth = before == 0 ? "" : String.format(Locale.ROOT, ", %.2f times the half", seconds.median() / before);
        System.out.printf(
            Locale.ROOT, "%-10s %5d tokens: %7.3f s (%.3f to %.3f), %5.1f µs a token%s%n",
            mixer.getKey(), length, seconds.median(), seconds.min(), seconds.max(), seconds.median() / length * 1e6, growth);
        before = seconds.median();
      }
    }
    return 0;
  }

  private List<Double> seconds(DecoderSpec spec, int length) throws Exception {
    int total = steps + 1;
    TrainPlan plan =
        new TrainPlan(
            total, 1, 1, Runtime.getRuntime().availableProcessors(), new Schedule.Wsd(0, 0),
            new AdamW.Settings(1e-3, 0.9, 0.95, 1e-8, 0.1), Optional.empty(), 1);
    BatchSource random =
        index -> {
          Random numbers = new Random(index);
          long[] ids = numbers.longs(length, 0, spec.vocabSize()).toArray();
          long[] targets = numbers.longs(length, 0, spec.vocabSize()).toArray();
          return new LabelledBatch(new TokenBatch(ids, new int[] {length}), targets);
        };
    List<Double> counted = new ArrayList<>();
    Benchmark.inTemporaryFolder(
        folder -> {
          try (Parameters parameters = Parameters.initialise(spec, 1);
              Trainer trainer =
                  new Trainer(spec, parameters, plan, new Trainer.Settings("length", total, "random", 1, length))) {
            TrainingLog log =
                trainer.train(random, List.of(), new Checkpoints(folder, System.err::println), Progress.silent()).log();
            log.training().stream().skip(1).forEach(point -> counted.add(length / point.tokensPerSecond()));
          }
        });
    return counted;
  }
}
