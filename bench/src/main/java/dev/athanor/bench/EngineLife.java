package dev.athanor.bench;

import dev.athanor.base.Progress;
import dev.athanor.base.ConsoleProgress;
import dev.athanor.base.UserException;
import dev.athanor.cli.bench.MadeUpTokens;
import dev.athanor.cli.bench.RandomWeights;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.Engine;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.Sampling;
import dev.athanor.model.DecoderSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// An engine that answers one short request after the other, as many steps as a server has in a day: whether a token comes to cost more,
/// and whether memory is kept.
@Command(
    name = "EngineLife",
    mixinStandardHelpOptions = true,
    description = "The time a token and the live heap over the steps of a day, with a tiny model.")
final class EngineLife implements Callable<Integer> {
  /// A day of steps of 50 ms, which is what a step of a model of half a billion parameters takes with 8 requests.
  @Option(names = "--steps", paramLabel = "<n>", defaultValue = "1728000", description = "default: 1,728,000: a day of 50 ms each")
  long steps;

  @Option(names = "--running", paramLabel = "<n>", defaultValue = "8", description = "requests at the same time (default: 8)")
  int running;

  @Option(names = "--parts", paramLabel = "<n>", defaultValue = "12", description = "of the life that are compared (default: 12)")
  int parts;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new EngineLife(), args));
  }

  @Override
  public Integer call() throws Exception {
    if (steps < parts || running < 1 || parts < 2) {
      throw new UserException("a life has at least two parts and a step in each");
    }
    ModelShape shape = new ModelShape();
    shape.hidden = 32;
    shape.layers = 1;
    shape.heads = 2;
    shape.kvHeads = 1;
    shape.vocabulary = 256;
    DecoderSpec spec = shape.spec(256);
    // Little enough memory for preemptions, and for pages of old prompts to be given to new ones.
    CpuOptions options = CpuOptions.of(1).withKvTokens(40L * running);
    WatchedRunner runner = new WatchedRunner(CpuRunner.of(new RandomWeights("random weights", spec), options));
    EngineOptions limits = new EngineOptions(running, 4 * running, 128, 1).withRunner(options);
    try (Engine engine = new Engine(runner, new MadeUpTokens(spec.vocabSize()), limits)) {
      System.out.printf(
          Locale.ROOT, "%10s %10s %12s %14s %14s %12s%n", "requests", "steps", "µs/token", "live heap, kB", "preempted", "pages held");
      List<Double> micros = new ArrayList<>();
      List<Double> heap = new ArrayList<>();
      Life life = new Life(engine, running, spec.vocabSize());
      life.run(runner, steps / parts); // until the kernels are compiled
      long all = 0;
      try (Progress.Task task = ConsoleProgress.plain(System.err).start("live", steps, "step")) {
        for (int part = 0; part < parts; part++) {
          long tokens = life.tokens.get();
          long start = System.nanoTime();
          long made = life.run(runner, steps / parts);
          micros.add((System.nanoTime() - start) / 1e3 / (life.tokens.get() - tokens));
          heap.add(held() / 1e3);
          all += made;
          task.advance(made);
          var statistics = engine.statistics().orElseThrow();
          System.out.printf(
              Locale.ROOT, "%,10d %,10d %12.2f %,14.0f %,14d %,12d%n", life.requests.get(), all, micros.getLast(), heap.getLast(),
              statistics.preemptions(), statistics.heldPages());
        }
      }
      int third = parts / 3;
      System.out.printf(
          Locale.ROOT, "the last third against the first: time a token %+.1f %%, live heap %+.1f %%%n",
          change(micros, third), change(heap, third));
    }
    return 0;
  }

  private static double change(List<Double> values, int third) {
    double first = new Measured(values.subList(0, third)).median();
    double last = new Measured(values.subList(values.size() - third, values.size())).median();
    return 100 * (last / first - 1);
  }

  private static long held() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 2; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// Keeps some requests under way; one in 16 is cancelled.
  private static final class Life {
    final AtomicLong tokens = new AtomicLong();
    final AtomicLong requests = new AtomicLong();
    private final Generator generator;
    private final int running;
    private final int vocabSize;
    private final Random random = new Random(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Life(Generator generator, int running, int vocabSize) {
      this.generator = generator;
      this.running = running;
      this.vocabSize = vocabSize;
    }

    /// @return steps made
    long run(WatchedRunner runner, long wanted) throws InterruptedException {
      Semaphore places = new Semaphore(2 * running);
      runner.reset();
      long made = 0;
      while (made < wanted) {
        for (int i = 0; i < 500; i++) {
          places.acquire();
          ask(places);
        }
        made += runner.reset().passes();
      }
      places.acquire(2 * running);
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw new IllegalStateException("a request failed", thrown);
      }
      return made;
    }

    private void ask(Semaphore places) {
      int[] prompt = random.ints(4 + random.nextInt(28), 0, vocabSize).toArray();
      Sampling sampling = random.nextBoolean() ? Sampling.GREEDY : Sampling.DEFAULT.withSeed(random.nextLong());
      var request = new GenerationRequest(prompt, 8 + random.nextInt(40), sampling, new int[0], List.of(), -1);
      requests.incrementAndGet();
      Generator.Generation generation =
          generator.submit(
              request,
              event -> {
                if (event instanceof Finished end) {
                  tokens.addAndGet(end.completionTokens());
                  places.release();
                } else if (event instanceof Failed failed) {
                  failure.set(failed.cause());
                  places.release();
                }
              });
      if (random.nextInt(16) == 0) {
        generation.cancel();
      }
    }
  }
}
