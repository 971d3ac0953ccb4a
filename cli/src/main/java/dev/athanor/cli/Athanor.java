package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.GenerationEvent.FinishReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program. Exit status 0: done; 1: a bug, with its trace; 2: a mistake that the user can mend; 130: Ctrl-C.
@Command(
    name = "athanor",
    description = "The whole life of a large language model on the JVM.",
    synopsisSubcommandLabel = "<command>",
    mixinStandardHelpOptions = true,
    versionProvider = Athanor.Version.class,
    footer = {
      "",
      "Examples:",
      "  athanor run recipes/quickstart.yaml",
      "  athanor chat",
      "  athanor generate --prompt 'public class ' --greedy",
      "  athanor serve --port 8080",
      "",
      "athanor <command> --help says more."
    })
public final class Athanor {
  private static final int MISTAKE = 2;
  static final int INTERRUPTED = 130;

  private Athanor() {}

  public static void main(String[] args) {
    System.exit(commands(Wiring.opener(), Terminal.ofProcess()).execute(args));
  }

  /// Every command; a new one is a line here.
  static CommandLine commands(ModelOpener opener, Terminal terminal) {
    CommandLine program = new CommandLine(new Athanor());
    program.addSubcommand(new RunCommand(terminal));
    program.addSubcommand(new RunsCommand(terminal));
    program.addSubcommand(new ShowCommand(terminal));
    program.addSubcommand(new GenerateCommand(opener, terminal));
    program.addSubcommand(new ChatCommand(opener, terminal));
    program.addSubcommand(new ServeCommand(opener, terminal));
    program.addSubcommand(ModelCommand.with(terminal));
    program.addSubcommand(DataCommand.with(terminal));
    program.addSubcommand(TokenizerCommand.with(terminal));
    program.addSubcommand(PlanCommand.with(terminal));
    program.addSubcommand(new QuantizeCommand(terminal));
    program.addSubcommand(BenchCommand.with(opener, terminal));

    program.getSubcommands().values().forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    return speaking(program, terminal);
  }

  private static CommandLine speaking(CommandLine program, Terminal terminal) {
    Ansi ansi = terminal.interactive() ? Ansi.ON : Ansi.OFF;
    program.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
    program.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    program.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    program.setUsageHelpWidth(100);
    program.setParameterExceptionHandler((mistake, arguments) -> explain(mistake));
    program.setExecutionExceptionHandler(
        (thrown, command, parsed) -> {
          if (thrown instanceof UserException mistake) {
            command.getErr().println(command.getColorScheme().errorText(String.valueOf(mistake.getMessage())));
            return MISTAKE;
          }
          thrown.printStackTrace(command.getErr());
          return CommandLine.ExitCode.SOFTWARE;
        });
    return program;
  }

  /// What is wrong, what may have been meant, and where to read on; the whole usage would hide it.
  private static int explain(ParameterException mistake) {
    CommandLine command = mistake.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText(String.valueOf(mistake.getMessage())));
    UnmatchedArgumentException.printSuggestions(mistake, err);
    err.println(command.getCommandSpec().qualifiedName() + " --help says more");
    return MISTAKE;
  }

  static int exitCode(FinishReason reason) {
    return switch (reason) {
      case STOP, LENGTH, TIMEOUT -> CommandLine.ExitCode.OK;
      case CANCELLED -> INTERRUPTED;
    };
  }

  /// `--version`: the build's version and the Java that runs it.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      try (InputStream file = Objects.requireNonNull(Athanor.class.getResourceAsStream("version.txt"), "version.txt")) {
        String version = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        return new String[] {"athanor " + version + " (Java " + Runtime.version() + ")"};
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read version.txt", e);
      }
    }
  }
}
