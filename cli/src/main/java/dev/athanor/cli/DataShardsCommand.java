package dev.athanor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "shards",
    description = "Look at the token shards that athanor data tokenize makes, and check them.",
    synopsisSubcommandLabel = "<command>",
    footer = {
      "",
      "Examples:",
      "  athanor data shards inspect shards/web",
      "  athanor data shards verify shards/web"
    })
final class DataShardsCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /// With its own commands.
  static CommandLine with(Terminal terminal) {
    CommandLine shards = new CommandLine(new DataShardsCommand());
    shards.addSubcommand(new DataShardsInspectCommand(terminal));
    shards.addSubcommand(new DataShardsVerifyCommand(terminal));
    shards.getSubcommands().values().forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    return shards;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which of " + String.join(", ", spec.subcommands().keySet()) + "?");
  }
}
