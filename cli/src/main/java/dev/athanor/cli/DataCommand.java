package dev.athanor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "data",
    description = "Turn raw text into a corpus: read, filter, deduplicate, mask, mix; look at what was dropped and why.",
    synopsisSubcommandLabel = "<command>",
    footer = {
      "",
      "Examples:",
      "  athanor data run recipes/web.yaml",
      "  athanor data inspect corpora/web --dropped",
      "  athanor data tune corpora/web",
      "",
      "athanor data <command> --help says more."
    })
final class DataCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /// With its own commands.
  static CommandLine with(Terminal terminal) {
    CommandLine data = new CommandLine(new DataCommand());
    data.addSubcommand(new DataRunCommand(terminal));
    data.addSubcommand(new DataInspectCommand(terminal));
    data.addSubcommand(new DataTuneCommand(terminal));
    data.addSubcommand(new DataExportCommand(terminal));
    data.addSubcommand(new DataTokenizeCommand(terminal));
    data.addSubcommand(DataShardsCommand.with(terminal));
    data.addSubcommand(new DataTrainNgramCommand(terminal));
    data.addSubcommand(new DataTrainClassifierCommand(terminal));
    data.addSubcommand(new DataScoreCommand(terminal));
    data.addSubcommand(new DataPrivacyCommand(terminal));
    data.getSubcommands().values().forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    return data;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which of " + String.join(", ", spec.subcommands().keySet()) + "?");
  }
}
