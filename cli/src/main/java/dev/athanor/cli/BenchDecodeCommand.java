package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.bench.BenchReport;
import dev.athanor.cli.bench.PassSpeed;
import dev.athanor.cli.bench.ReadBandwidth;
import dev.athanor.cli.bench.Stopped;
import dev.athanor.cli.bench.WeightBytes;
import dev.athanor.inference.Runner;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.StoredFormats;
import dev.athanor.inference.WeightFormats;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "decode",
    description = {
      "Measure how fast a model writes, by the number of sequences that are written together: passes of the runner alone, without"
          + " scheduling and sampling. Beside it, how fast the weights are read and which share that is of what the memory gives.",
    },
    footer = {
      "",
      "Examples:",
      "  athanor bench decode --shape qwen2.5-0.5b --weights int8",
      "  athanor bench decode qwen2.5-0.5b-q4_0.gguf --batch 1,8 --tokens 128 --kv int8",
      "  athanor bench decode runs/quickstart/model --json decode.json --html decode.html"
    })
final class BenchDecodeCommand implements Callable<Integer> {
  @Mixin BenchOptions what = new BenchOptions();

  @Mixin EngineFlags engine = new EngineFlags();

  @Option(names = "--batch", split = ",", paramLabel = "<n>", defaultValue = "1,4,8,16", description = "sequences together (default: ${DEFAULT-VALUE})")
  List<Integer> batches = List.of();

  @Option(names = "--prompt", paramLabel = "<n>", defaultValue = "64", description = "tokens before what is written (default: ${DEFAULT-VALUE})")
  int prompt;

  @Option(names = "--tokens", paramLabel = "<n>", defaultValue = "32", description = "written by each sequence (default: ${DEFAULT-VALUE})")
  int tokens;

  @Option(names = "--repeats", paramLabel = "<n>", defaultValue = "5", description = "of each, after a second or one that does not count (default: ${DEFAULT-VALUE})")
  int repeats;

  private final ModelOpener opener;
  private final Terminal terminal;

  BenchDecodeCommand(ModelOpener opener, Terminal terminal) {
    this.opener = opener;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    what.check();
    Launch launch = engine.launch();
    EngineOptions options = launch.engine();
    batches.forEach(batch -> BenchOptions.requireWithin("--batch", batch, 1, 1024));
    BenchOptions.requireWithin("--prompt", prompt, 1, Integer.MAX_VALUE);
    BenchOptions.requireWithin("--tokens", tokens, 1, Integer.MAX_VALUE);
    BenchOptions.requireWithin("--repeats", repeats, 1, 1000);
    Stopped stopped = new Stopped();
    try (var _ = CtrlC.does(stopped::now);
        BenchOptions.Named named = what.open(opener)) {
      int context = named.weights().decoder().contextLength();
      if ((long) prompt + tokens > context) {
        throw new UserException("--prompt and --tokens are %,d together; the model's context is %,d".formatted((long) prompt + tokens, context));
      }
      double bandwidth = ReadBandwidth.measure(options.runner().threads());
      WeightFormats formats = StoredFormats.of(named.weights(), options.runner().weights());
      try (Runner runner = named.runner(launch)) {
        PassSpeed speed = new PassSpeed(runner, options.stepTokens(), repeats, terminal.progress(), stopped);
        List<PassSpeed.Decode> rows =
            speed.decode(batches, prompt, tokens, batch -> WeightBytes.read(named.weights(), formats, batch), bandwidth);
        what.tell(
            new BenchReport(
                "decode", BenchOptions.setting(named, options.runner(), bandwidth), stopped.yet(), List.of(), rows, null, List.of()),
            terminal);
      }
    }
    return stopped.yet() ? Athanor.INTERRUPTED : 0;
  }
}
