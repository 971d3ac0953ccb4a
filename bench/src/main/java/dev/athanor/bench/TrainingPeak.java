package dev.athanor.bench;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.memory.MemorySum;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tensor.Precision;
import dev.athanor.train.BatchSource;
import dev.athanor.train.Checkpoints;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.Schedule;
import dev.athanor.train.TrainPlan;
import dev.athanor.train.Trainer;
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

/// How much memory training takes, beside what the program says that it will. Each configuration trains a few steps in a process of
/// its own; of its peak the peak of one that trains next to nothing is taken away, which is the program itself.
@Command(
    name = "TrainingPeak",
    mixinStandardHelpOptions = true,
    description = "The peak of training's memory, predicted and measured, by size, precision and checkpointing.")
final class TrainingPeak implements Callable<Integer> {
  private static final List<List<String>> SIZES =
      List.of(
          List.of("--d", "256", "--layers", "4", "--heads", "4", "--batch", "8", "--length", "256"),
          List.of("--d", "384", "--layers", "6", "--batch", "8", "--length", "256"),
          List.of("--d", "512", "--layers", "8", "--heads", "8", "--batch", "4", "--length", "512", "--vocab", "32768"),
          List.of("--d", "768", "--layers", "12", "--heads", "12", "--kv-heads", "4", "--batch", "4", "--length", "512", "--vocab", "32768"));
  private static final List<List<String>> MANNERS =
      List.of(List.of(), List.of("--checkpointing"), List.of("--bf16"), List.of("--bf16", "--checkpointing"));
  private static final List<String> NEXT_TO_NOTHING =
      List.of("--d", "32", "--layers", "1", "--heads", "2", "--kv-heads", "1", "--batch", "2", "--length", "16", "--vocab", "256");

  @Mixin ModelShape shape = new ModelShape();

  @Option(names = "--batch", paramLabel = "<n>", defaultValue = "8", description = "sequences a micro-batch (default: 8)")
  int batch;

  @Option(names = "--length", paramLabel = "<n>", defaultValue = "256", description = "tokens a sequence (default: 256)")
  int length;

  @Option(names = "--micro-batches", paramLabel = "<n>", defaultValue = "1", description = "a step (default: 1)")
  int microBatches;

  @Option(names = "--replicas", paramLabel = "<n>", defaultValue = "1", description = "threads that share a step (default: 1)")
  int replicas;

  @Option(names = "--bf16", description = "products in bf16")
  boolean bf16;

  @Option(names = "--checkpointing", description = "run blocks again in backward")
  boolean checkpointing;

  @Option(names = "--muon", description = "Muon for the blocks' matrices")
  boolean muon;

  @Option(names = "--one", description = "this configuration alone, not the table of all")
  boolean one;

  @Option(names = "--heap", paramLabel = "<size>", defaultValue = "512m", description = "of the measured processes (default: 512m)")
  String heap = "512m";

  @Option(names = "--here", hidden = true, description = "train in this process and print its peak")
  boolean here;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new TrainingPeak(), args));
  }

  @Override
  public Integer call() throws Exception {
    if (here) {
      train();
      System.out.println(ResidentMemory.peak());
      return 0;
    }
    long program = peak(NEXT_TO_NOTHING);
    System.out.printf(Locale.ROOT, "the program itself: %.1f MB, a heap of %s in it%n", program / 1e6, heap);
    List<List<String>> runs = new ArrayList<>();
    if (one) {
      runs.add(arguments());
    } else {
      SIZES.forEach(size -> MANNERS.forEach(manner -> runs.add(joined(size, manner))));
    }
    double worst = 0;
    for (List<String> run : runs) {
      TrainingPeak parsed = new TrainingPeak();
      new picocli.CommandLine(parsed).parseArgs(run.toArray(String[]::new));
      MemorySum predicted = parsed.plan().memory(parsed.shape.spec(parsed.length), parsed.batch, parsed.length);
      long measured = peak(run) - program;
      double error = 100.0 * predicted.bytes() / measured - 100;
      worst = Math.max(worst, Math.abs(error));
      System.out.printf(
          Locale.ROOT, "%-110s predicted %8.1f MB, measured %8.1f MB, %+5.1f %%%n",
          String.join(" ", run), predicted.bytes() / 1e6, measured / 1e6, error);
      if (one) {
        predicted.parts().forEach(
            part -> System.out.printf(Locale.ROOT, "  %-12s %8.1f MB  %s%n", part.label(), part.bytes() / 1e6, part.note()));
      }
    }
    System.out.printf(Locale.ROOT, "farthest off: %.1f %%%n", worst);
    return 0;
  }

  private long peak(List<String> arguments) throws Exception {
    return Long.parseLong(ChildJvm.run(TrainingPeak.class, heap, joined(List.of("--here"), arguments)));
  }

  private static List<String> joined(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private List<String> arguments() {
    List<String> all = new ArrayList<>(shape.arguments());
    all.addAll(List.of("--batch", "" + batch, "--length", "" + length, "--micro-batches", "" + microBatches, "--replicas", "" + replicas));
    if (bf16) {
      all.add("--bf16");
    }
    if (checkpointing) {
      all.add("--checkpointing");
    }
    if (muon) {
      all.add("--muon");
    }
    return all;
  }

  private TrainPlan plan() {
    if (batch < 1 || length < 1 || microBatches < replicas || replicas < 1) {
      throw new UserException("all counts must be positive, and there are at least as many micro-batches as replicas");
    }
    int cores = Runtime.getRuntime().availableProcessors();
    Optional<Muon.Settings> forMatrices = muon ? Optional.of(new Muon.Settings(0.01, 0.95, 0.1)) : Optional.empty();
    return new TrainPlan(
            3, microBatches, replicas, Math.max(1, cores / replicas), new Schedule.Wsd(0, 0),
            new AdamW.Settings(1e-3, 0.9, 0.95, 1e-8, 0.1), forMatrices, 1)
        .with(bf16 ? Precision.BF16 : Precision.F32)
        .withCheckpointing(checkpointing);
  }

  private void train() throws Exception {
    DecoderSpec spec = shape.spec(length);
    TrainPlan plan = plan();
    int[] lengths = new int[batch];
    Arrays.fill(lengths, length);
    BatchSource random =
        index -> {
          Random numbers = new Random(index);
          long[] ids = numbers.longs((long) batch * length, 0, spec.vocabSize()).toArray();
          long[] targets = numbers.longs((long) batch * length, 0, spec.vocabSize()).toArray();
          return new LabelledBatch(new TokenBatch(ids, lengths), targets);
        };
    Benchmark.inTemporaryFolder(
        folder -> {
          try (Parameters parameters = Parameters.initialise(spec, 1);
              Trainer trainer =
                  new Trainer(spec, parameters, plan, new Trainer.Settings("peak", plan.steps(), "random", 1, length))) {
            trainer.train(random, List.of(), new Checkpoints(folder, System.err::println), Progress.silent());
          }
        });
  }
}
