package dev.athanor.cli;

import dev.athanor.cli.bench.BenchReport;
import dev.athanor.cli.bench.PassSpeed;
import dev.athanor.cli.bench.Stopped;
import dev.athanor.inference.Runner;
import dev.athanor.inference.EngineOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prefill",
    description = {
      "Measure how fast a model reads prompts, by their length: passes of the runner alone, of --step-tokens tokens each, as the engine"
          + " makes them.",
    },
    footer = {
      "",
      "Examples:",
      "  athanor bench prefill --shape qwen2.5-0.5b --weights int8",
      "  athanor bench prefill qwen2.5-0.5b-q4_0.gguf --prompt 512,2048 --step-tokens 512",
      "  athanor bench prefill runs/quickstart/model --json -"
    })
final class BenchPrefillCommand implements Callable<Integer> {
  @Mixin BenchOptions what = new BenchOptions();

  @Mixin EngineFlags engine = new EngineFlags();

  @Option(
      names = "--prompt",
      split = ",",
      paramLabel = "<n>",
      description = "tokens (default: 128,512,1024, as far as the model's context reaches)")
  List<Integer> prompts = List.of();

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "5", description = "of each, after a second or one that does not count (default: ${DEFAULT-VALUE})")
  int repeats;

  private final ModelOpener opener;
  private final Terminal terminal;

  BenchPrefillCommand(ModelOpener opener, Terminal terminal) {
    this.opener = opener;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    what.check();
    Launch launch = engine.launch();
    EngineOptions options = launch.engine();
    BenchOptions.requireWithin("--repeats", repeats, 1, 1000);
    Stopped stopped = new Stopped();
    try (var _ = CtrlC.does(stopped::now);
        BenchOptions.Named named = what.open(opener)) {
      int context = named.weights().decoder().contextLength();
      List<Integer> lengths = prompts.isEmpty() ? List.of(128, 512, 1024).stream().filter(n -> n <= context).toList() : prompts;
      if (lengths.isEmpty()) {
        lengths = List.of(context);
      }
      lengths.forEach(length -> BenchOptions.requireWithin("--prompt", length, 1, context));
      try (Runner runner = named.runner(launch)) {
        List<PassSpeed.Prefill> rows =
            new PassSpeed(runner, options.stepTokens(), repeats, terminal.progress(), stopped).prefill(lengths);
        what.tell(
            new BenchReport(
                "prefill", BenchOptions.setting(named, options.runner(), Double.NaN), stopped.yet(), rows, List.of(), null, List.of()),
            terminal);
      }
    }
    return stopped.yet() ? Athanor.INTERRUPTED : 0;
  }
}
