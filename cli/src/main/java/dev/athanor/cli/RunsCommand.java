package dev.athanor.cli;

import dev.athanor.cli.stage.Registries;
import dev.athanor.registry.Model;
import dev.athanor.registry.RunRecord;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

@Command(
    name = "runs",
    description = "List the runs and the models that they released.",
    footer = {"", "Example:", "  athanor runs"})
final class RunsCommand implements Callable<Integer> {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final Terminal terminal;

  RunsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var registry = Registries.open();
    List<RunRecord> runs = registry.runs();
    if (runs.isEmpty()) {
      terminal.out().println("no runs yet; begin with ./athanor run recipes/quickstart.yaml");
      return 0;
    }
    List<Model> models = registry.models();
    terminal.out().printf("%-22s %-9s %-17s %9s  %-20s %s%n", "run", "status", "started", "took", "released", "folder");
    for (RunRecord run : runs) {
      String released =
          models.stream().filter(model -> model.runId().equals(run.id())).map(Model::id).collect(Collectors.joining(" "));
      terminal
          .out()
          .printf(
              "%-22s %-9s %-17s %9s  %-20s %s%n",
              run.id(),
              run.status().name().toLowerCase(Locale.ROOT),
              MINUTE.format(run.started()),
              took(run),
              released.isEmpty() ? "-" : released,
              run.folder());
    }
    return 0;
  }

  private static String took(RunRecord run) {
    if (run.ended() == null) {
      return "-";
    }
    long seconds = Duration.between(run.started(), run.ended()).toSeconds();
    return seconds < 60 ? seconds + "s" : seconds / 60 + "m " + seconds % 60 + "s";
  }
}
