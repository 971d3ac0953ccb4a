package dev.athanor.cli;

import dev.athanor.cli.stage.Life;
import dev.athanor.cli.stage.Registries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    description = "Live the whole life of a model: collect, curate, tokenizer, pretrain, sft, evaluate, report, release.",
    footer = {
      "",
      "Finished stages are reused, an interrupted one goes on from its last checkpoint: run the same command again.",
      "",
      "Examples:",
      "  athanor run recipes/quickstart.yaml",
      "  athanor run recipes/quickstart.yaml --set pretrain.budget=2m --run-dir runs/trial",
      "  athanor run recipes/smoke.yaml"
    })
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<recipe>", description = "the recipe, a YAML file")
  @Nullable Path recipe;

  @Option(names = "--run-dir", paramLabel = "<dir>", description = "where the run lives (default: runs/<recipe's name>)")
  @Nullable Path runDir;

  @Option(names = "--set", paramLabel = "<key>=<value>", description = "overrides a key, such as pretrain.budget=30s; may be repeated")
  List<String> overrides = new ArrayList<>();

  private final Terminal terminal;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path file = Objects.requireNonNull(recipe, "picocli requires it");
    return new Stoppable(terminal)
        .run(progress -> terminal.out().println(new Life(file, overrides, runDir, Registries::open, progress).live().summary()));
  }
}
