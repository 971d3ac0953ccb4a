package dev.athanor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "model",
    description = "Look at checkpoints, make new ones, convert, export and merge them.",
    synopsisSubcommandLabel = "<command>",
    footer = {
      "",
      "Examples:",
      "  athanor model inspect runs/quickstart/model",
      "  athanor model new --family qwen3 --vocab-size 8192 --hidden-size 256 --layers 4 --heads 8 \\",
      "      --intermediate-size 768 --out models/fresh",
      "  athanor model convert models/fresh models/half --dtype bf16",
      "  athanor model export models/fresh fresh.gguf --type q8_0",
      "  athanor model merge models/base adapters/sql --output models/sql"
    })
final class ModelCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /// With its own commands.
  static CommandLine with(Terminal terminal) {
    CommandLine model = new CommandLine(new ModelCommand());
    model.addSubcommand(new ModelInspectCommand(terminal));
    model.addSubcommand(ModelNewCommand.with(terminal));
    model.addSubcommand(new ModelConvertCommand(terminal));
    model.addSubcommand(new ModelExportCommand(terminal));
    model.addSubcommand(new ModelMergeCommand(terminal));
    model.getSubcommands().values().forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    return model;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "which of " + String.join(", ", spec.subcommands().keySet()) + "?");
  }
}
