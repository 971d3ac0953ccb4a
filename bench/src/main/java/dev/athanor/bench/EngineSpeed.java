package dev.athanor.bench;

import dev.athanor.base.UserException;
import dev.athanor.cli.bench.MadeUpTokens;
import dev.athanor.cli.bench.RandomWeights;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.Engine;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Sampling;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.DecoderSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What the engine adds to its runner: the gain of computing requests together, that of prompts read before, and its own time and
/// allocation a step.
@Command(
    name = "EngineSpeed",
    mixinStandardHelpOptions = true,
    description = "Continuous batching, cached prompts, and the engine's own time and allocation, on a model of random weights.")
final class EngineSpeed implements Callable<Integer> {
  @Mixin ModelShape shape = new ModelShape();

  @Option(names = "--requests", paramLabel = "<n>", defaultValue = "16", description = "at the same time (default: 16)")
  int requests;

  @Option(names = "--prompt", paramLabel = "<n>", defaultValue = "32", description = "tokens of each (default: 32)")
  int prompt;

  @Option(names = "--tokens", paramLabel = "<n>", defaultValue = "64", description = "written by each (default: 64)")
  int tokens;

  @Option(names = "--long-prompt", paramLabel = "<n>", defaultValue = "640", description = "of which nine tenths are cached (default: 640)")
  int longPrompt;

  @Option(names = "--rounds", paramLabel = "<n>", defaultValue = "5", description = "default: 5, after one that is not counted")
  int rounds;

  @Option(names = "--weights", paramLabel = "<format>", defaultValue = "F32", description = "${COMPLETION-CANDIDATES} (default: F32)")
  WeightFormat weights = WeightFormat.F32;

  private int seed;

  public static void main(String[] args) {
    List<String> all =
        new ArrayList<>(List.of("--d", "576", "--layers", "12", "--heads", "9", "--kv-heads", "3", "--vocab", "16384"));
    all.addAll(List.of(args));
    System.exit(Benchmark.run(new EngineSpeed(), all.toArray(String[]::new)));
  }

  @Override
  public Integer call() {
    if (requests < 1 || prompt < 1 || tokens < 2 || longPrompt < 160 || rounds < 1) {
      throw new UserException("counts must be positive, and a long prompt has 160 tokens at least");
    }
    DecoderSpec spec = shape.spec(Math.max(longPrompt, prompt) + tokens);
    System.out.printf(Locale.ROOT, "%,d parameters in %s, two threads%n", spec.parameters(), weights.key());
    RandomWeights random = new RandomWeights("random weights", spec);
    // So little memory for keys and values that all of it is soon in use: taking it is no allocation of a token's.
    CpuOptions options = CpuOptions.of(2).withWeights(WeightFormats.of(weights)).withKvTokens(2L * (requests * (prompt + tokens) + longPrompt));
    WatchedRunner runner = new WatchedRunner(CpuRunner.of(random, options));
    EngineOptions limits = new EngineOptions(requests, 256, 128, 1).withSpeculation(false).withRunner(options);
    try (Engine engine = new Engine(runner, new MadeUpTokens(spec.vocabSize()), limits)) {
      batching(engine);
      cachedPrompts(engine);
      ownWork(engine, runner, "greedy", Sampling.GREEDY);
      ownWork(engine, runner, "temperature 0.8, top-p 0.95", Sampling.DEFAULT.withTemperature(0.8).withTopP(0.95));
      ownWork(engine, runner, "temperature 0.8, top-k 40", Sampling.DEFAULT.withTemperature(0.8).withTopK(40));
    }
    return 0;
  }

  /// A request whose prompt was never seen.
  private GenerationRequest fresh(int length, int written, Sampling sampling, DecoderSpec spec) {
    return request(new Random(seed++).ints(length, 0, spec.vocabSize()).toArray(), written, sampling);
  }

  private static GenerationRequest request(int[] ids, int written, Sampling sampling) {
    return new GenerationRequest(ids, written, sampling, new int[0], List.of(), -1);
  }

  private void batching(Engine engine) {
    List<Double> alone = new ArrayList<>();
    List<Double> together = new ArrayList<>();
    List<Double> ratio = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      double oneByOne = System.nanoTime();
      freshRequests(engine, Sampling.GREEDY).forEach(request -> Answers.one(engine, request));
      double atOnce = System.nanoTime();
      Answers.together(engine, freshRequests(engine, Sampling.GREEDY));
      double end = System.nanoTime();
      if (round > 0) {
        alone.add(requests * tokens / (atOnce - oneByOne) * 1e9);
        together.add(requests * tokens / (end - atOnce) * 1e9);
        ratio.add(together.getLast() / alone.getLast());
      }
    }
    System.out.println(requests + " requests one after the other, tokens/s  " + new Measured(alone).text());
    System.out.println(requests + " requests together, tokens/s             " + new Measured(together).text());
    print("together/alone", ratio);
  }

  private List<GenerationRequest> freshRequests(Engine engine, Sampling sampling) {
    return IntStream.range(0, requests).mapToObj(_ -> fresh(prompt, tokens, sampling, engine.spec())).toList();
  }

  private void cachedPrompts(Engine engine) {
    List<Double> first = new ArrayList<>();
    List<Double> again = new ArrayList<>();
    List<Double> ratio = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      GenerationRequest unseen = fresh(longPrompt, 2, Sampling.GREEDY, engine.spec());
      int[] ids = unseen.promptIds().clone();
      int[] rest = new Random(seed++).ints(longPrompt / 10, 0, engine.spec().vocabSize()).toArray();
      System.arraycopy(rest, 0, ids, longPrompt - rest.length, rest.length);
      double unread = Answers.one(engine, unseen).firstNanos() / 1e6;
      double read = Answers.one(engine, request(ids, 2, Sampling.GREEDY)).firstNanos() / 1e6;
      if (round > 0) {
        first.add(unread);
        again.add(read);
        ratio.add(unread / read);
      }
    }
    System.out.println("a prompt of " + longPrompt + " tokens, ms to the first token       " + new Measured(first).text());
    System.out.println("nine tenths of it read before                    " + new Measured(again).text());
    print("sooner by a factor of", ratio);
  }

  private void ownWork(Engine engine, WatchedRunner runner, String how, Sampling sampling) {
    List<Double> share = new ArrayList<>();
    List<Double> micros = new ArrayList<>();
    List<Double> engineBytes = new ArrayList<>();
    List<Double> passBytes = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      runner.reset();
      Answers.together(engine, freshRequests(engine, sampling));
      WatchedRunner.Noted noted = runner.reset();
      if (round > 0) {
        share.add(100 * noted.share());
        micros.add(noted.betweenNanos() / 1e3 / noted.passes());
        engineBytes.add((double) noted.betweenBytes() / (requests * tokens));
        passBytes.add((double) noted.passBytes() / (requests * tokens));
      }
    }
    System.out.println("the engine beside its passes, " + how + ":");
    System.out.println("  % of the time             " + new Measured(share).text());
    System.out.println("  µs a step                 " + new Measured(micros).text());
    System.out.println("  bytes a token, engine     " + new Measured(engineBytes).text());
    System.out.println("  bytes a token, passes     " + new Measured(passBytes).text());
  }

  private static void print(String what, List<Double> ratios) {
    Measured measured = new Measured(ratios);
    System.out.printf(Locale.ROOT, "%s %.2f (%.2f to %.2f)%n", what, measured.median(), measured.min(), measured.max());
  }
}
