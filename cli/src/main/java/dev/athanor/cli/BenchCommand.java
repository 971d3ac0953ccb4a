package dev.athanor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "bench",
    description = {
      "Measure how fast a model is served, writes (decode) and reads (prefill) on this machine. Random weights of a known model's shape are"
          + " as fast as its own: --shape needs no files.",
    },
    synopsisSubcommandLabel = "<command>",
    footer = {
      "",
      "Examples:",
      "  athanor bench decode --shape qwen2.5-0.5b --weights int8",
      "  athanor bench prefill runs/quickstart/model --prompt 128,256,512",
      "  athanor bench serve qwen2.5-0.5b-q8_0.gguf --concurrency 1,4,16 --html bench.html",
      "  athanor bench serve --url http://127.0.0.1:8080 --rate 0.5,1,2",
      "",
      "athanor bench <command> --help says more."
    })
final class BenchCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /// With its own commands.
  static CommandLine with(ModelOpener opener, Terminal terminal) {
    CommandLine bench = new CommandLine(new BenchCommand());
    bench.addSubcommand(new BenchServeCommand(opener, terminal));
    bench.addSubcommand(new BenchDecodeCommand(opener, terminal));
    bench.addSubcommand(new BenchPrefillCommand(opener, terminal));
    bench.getSubcommands().values().forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    return bench;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "which of " + String.join(", ", spec.subcommands().keySet()) + "?");
  }
}
