package dev.athanor.bench;

import dev.athanor.cli.quantize.Texts;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.Eviction;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What it costs a trained model to see the last tokens and the first ones alone: perplexity of held-out texts by window, with and
/// without first tokens.
@Command(
    name = "WindowCost",
    mixinStandardHelpOptions = true,
    description = "Perplexity of a model that keeps keys and values of a window and of the first tokens alone.")
final class WindowCost implements Callable<Integer> {
  @Parameters(paramLabel = "<folder>", description = "a trained model")
  Path model = Path.of("");

  @Option(names = "--text", paramLabel = "<file>", required = true, description = "JSON lines with a text each, or one text")
  Path text = Path.of("");

  @Option(names = "--windows", paramLabel = "<n>", split = ",", defaultValue = "32,64,128,256", description = "default: ${DEFAULT-VALUE}")
  List<Integer> windows = List.of();

  @Option(names = "--sinks", paramLabel = "<n>", split = ",", defaultValue = "0,16", description = "default: ${DEFAULT-VALUE}")
  List<Integer> sinks = List.of();

  @Option(names = "--tokens", paramLabel = "<n>", defaultValue = "100000", description = "default: ${DEFAULT-VALUE}")
  long tokens;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new WindowCost(), args));
  }

  @Override
  public Integer call() {
    int context;
    try (CpuRunner runner = CpuRunner.open(model, 1)) {
      context = runner.spec().contextLength();
    }
    Texts texts = Texts.read("--text", text, Tokenizers.load(model), context, tokens);
    double all = perplexity(Eviction.NONE, texts);
    System.out.printf(Locale.ROOT, "%,d tokens of %s; all positions kept: perplexity %.4f%n", texts.tokens(), text, all);
    for (int window : windows) {
      for (int first : sinks) {
        double cut = perplexity(new Eviction(first, window), texts);
        System.out.printf(
            Locale.ROOT, "the last %d and the first %d positions: %.4f (%+.2f %%)%n", window, first, cut, 100 * (cut / all - 1));
      }
    }
    return 0;
  }

  private double perplexity(Eviction eviction, Texts texts) {
    try (CpuRunner runner =
        CpuRunner.open(model, CpuOptions.of(Runtime.getRuntime().availableProcessors()).withEviction(eviction))) {
      double sum = 0;
      for (float[] scores : runner.score(texts.ids())) {
        for (float score : scores) {
          sum -= score;
        }
      }
      return Math.exp(sum / texts.tokens());
    }
  }
}
