package dev.athanor.cli;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.cli.data.DataReportText;
import dev.athanor.cli.stage.CodeVersion;
import dev.athanor.cli.stage.Registries;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.DataReport;
import dev.athanor.data.engine.DataRun;
import dev.athanor.data.engine.Engine;
import dev.athanor.data.engine.EngineProvider;
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
    description = {
      "Run a data recipe: documents from all sources pass its steps, and what is left is written as shards.",
      "",
      "The same recipe over the same sources writes the same bytes, on any number of threads. Run again, what is finished is"
          + " reused and what was interrupted goes on shard by shard. A record that cannot be read is set aside and counted.",
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor data run recipes/web.yaml",
      "  athanor data run recipes/web.yaml --output /data/web --set limits.threads=8",
      "  athanor data inspect corpora/web --dropped --step gopher-quality"
    })
final class DataRunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<recipe>", description = "the data recipe, a YAML file")
  @Nullable Path recipe;

  @Option(names = "--output", paramLabel = "<dir>", description = "where the run lives (default: corpora/<recipe's name>)")
  @Nullable Path output;

  @Option(names = "--set", paramLabel = "<key>=<value>", description = "overrides a key, such as limits.threads=4; may be repeated")
  List<String> overrides = new ArrayList<>();

  private final Terminal terminal;

  DataRunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path file = Objects.requireNonNull(recipe, "picocli requires it");
    DataRecipe read = Recipes.read(file, DataRecipe.class, overrides);
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "an absolute file has a folder");
    Path to = output == null ? Registries.home().resolve("corpora").resolve(read.name()) : output;
    return new Stoppable(terminal).run(progress -> live(read, folder, to, progress));
  }

  private void live(DataRecipe recipe, Path folder, Path to, Progress progress) throws InterruptedException {
    try (Engine engine = EngineProvider.of(recipe)) {
      var run = new DataRun(recipe, folder, to, engine, CodeVersion.of(Registries.home()));
      tell(run.run(progress), to);
      run.tokenise(progress)
          .ifPresent(
              made -> {
                made.lines().forEach(terminal.out()::println);
                terminal.out().println("shards     " + to.resolve(DataRun.SHARDS));
              });
    }
  }

  private void tell(DataReport report, Path to) {
    var text = new DataReportText(report);
    AtomicFile.writeString(to.resolve("report.html"), text.html());
    text.lines().forEach(terminal.out()::println);
    terminal.out().println();
    terminal.out().println("documents  " + to.resolve(DataRun.DOCUMENTS));
    terminal.out().println("report     " + to.resolve("report.html"));
  }
}
