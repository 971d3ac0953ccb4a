package dev.athanor.cli;

import dev.athanor.cli.stage.Registries;
import dev.athanor.registry.ArtifactRecord;
import dev.athanor.registry.Model;
import dev.athanor.registry.Registry;
import dev.athanor.registry.RunRecord;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = "Show a run: its stages, its scores, and the lineage of what it released.",
    footer = {"", "Examples:", "  athanor show quickstart", "  athanor show quickstart-3"})
final class ShowCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<run>", description = "a run's id, or a name for its newest run")
  @Nullable String run;

  private final Terminal terminal;

  ShowCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Registry registry = Registries.open();
    RunRecord found = registry.run(Objects.requireNonNull(run, "picocli requires it"));
    terminal.out().printf("run %s: %s%n", found.id(), found.status().name().toLowerCase(Locale.ROOT));
    terminal.out().printf("folder %s%n", found.folder());
    terminal.out().printf("report %s%n", found.folder().resolve("report.html"));
    terminal.out().println("stages");
    for (ArtifactRecord artifact : registry.artifacts(found.id())) {
      terminal
          .out()
          .printf(
              Locale.ROOT,
              "  %-16s %8.1f s  %s  %s%n",
              artifact.stage(),
              artifact.seconds(),
              artifact.digest().substring(0, 12),
              artifact.reused() ? "reused" : "computed");
    }
    List<Model> models =
        registry.models().stream().filter(model -> model.runId().equals(found.id())).toList();
    for (Model model : models) {
      terminal.out().println();
      terminal.out().println(registry.lineage(model).text());
    }
    return 0;
  }
}
