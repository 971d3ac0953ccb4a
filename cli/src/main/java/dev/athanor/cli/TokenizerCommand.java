package dev.athanor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "tokenizer",
    description = "Train tokenizers, choose their size, extend them, look at them, and turn text to ids and back.",
    synopsisSubcommandLabel = "<command>",
    footer = {
      "",
      "Examples:",
      "  athanor tokenizer train --corpus 'corpus/**/*.txt' --vocab-size 32000 --preset qwen2 --output tokenizers/mine",
      "  athanor tokenizer encode --tokenizer tokenizers/mine 'Hello, world'",
      "  athanor tokenizer decode --tokenizer tokenizers/mine 39 68 75 75 78",
      "  athanor tokenizer inspect tokenizers/mine --file README.md",
      "  athanor tokenizer study --corpus 'corpus/**/*.txt' --model-size 500M --html sizes.html",
      "  athanor tokenizer extend --model models/qwen --corpus zh.txt --add 8000 --output models/qwen-zh",
      "",
      "athanor tokenizer <command> --help says more."
    })
final class TokenizerCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /// With its own commands.
  static CommandLine with(Terminal terminal) {
    CommandLine tokenizer = new CommandLine(new TokenizerCommand());
    tokenizer.addSubcommand(new TokenizerTrainCommand(terminal));
    tokenizer.addSubcommand(new TokenizerEncodeCommand(terminal));
    tokenizer.addSubcommand(new TokenizerDecodeCommand(terminal));
    tokenizer.addSubcommand(new TokenizerInspectCommand(terminal));
    tokenizer.addSubcommand(new TokenizerStudyCommand(terminal));
    tokenizer.addSubcommand(new TokenizerExtendCommand(terminal));
    tokenizer.getSubcommands().values().forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    return tokenizer;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "which of " + String.join(", ", spec.subcommands().keySet()) + "?");
  }
}
