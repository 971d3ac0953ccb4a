package dev.athanor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "model",
    description = "Look at checkpoints.",
    synopsisSubcommandLabel = "<command>",
    footer = {
      "",
      "Examples:",
      "  athanor model inspect runs/quickstart/model"
    })
final class ModelCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /// With its own commands.
  static CommandLine with(Terminal terminal) {
    CommandLine model = new CommandLine(new ModelCommand());
    model.addSubcommand(new ModelInspectCommand(terminal));
    model.getSubcommands().values().forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    return model;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "which of " + String.join(", ", spec.subcommands().keySet()) + "?");
  }
}
