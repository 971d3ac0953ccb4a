package dev.athanor.cli.stage;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Run;
import dev.athanor.base.run.RunResult;
import dev.athanor.base.run.Stage;
import dev.athanor.eval.report.ReportWriter;
import dev.athanor.eval.report.RunReport;
import dev.athanor.model.CheckpointDir;
import dev.athanor.registry.ArtifactRecord;
import dev.athanor.registry.Model;
import dev.athanor.registry.ModelRelease;
import dev.athanor.registry.Registry;
import dev.athanor.registry.RunRecord;
import dev.athanor.registry.RunStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The life of a model from a recipe to a release.
public final class Life {
  private final Path recipeFile;
  private final Recipe recipe;
  private final Path runDir;
  private final Progress progress;

  /// Reads the recipe; all its problems are reported at once, before any work.
  ///
  /// @param runDir `runs/<name>` in the project's folder when null
  public Life(Path recipeFile, List<String> overrides, @Nullable Path runDir, Progress progress) {
    this.recipeFile = recipeFile;
    this.recipe = Recipes.read(recipeFile, Recipe.class, overrides);
    this.runDir = runDir != null ? runDir : Registries.home().resolve("runs").resolve(recipe.name());
    this.progress = progress;
  }

  /// @param summary for the terminal
  public record Outcome(String summary) {}

  public Outcome live() throws InterruptedException {
    long begun = System.nanoTime();
    String version = CodeVersion.of(Registries.home());
    String resolved = Recipes.toYaml(recipe);
    try (Run run = Run.open(runDir, progress, version)) {
      AtomicFile.writeString(runDir.resolve("recipe.yaml"), resolved);
      Registry registry = Registries.open();
      RunRecord record =
          registry.runStarted(
              new RunStart(recipe.name(), resolved, runDir.toAbsolutePath().normalize(), version));
      try {
        RunResult result =
            run.execute(
                stages(), finished -> registry.recordArtifact(record.id(), ArtifactRecord.of(finished)));
        Outcome outcome = finish(result, registry, record, begun, version);
        registry.runFinished(record.id());
        return outcome;
      } catch (RuntimeException | InterruptedException e) {
        registry.runFailed(record.id());
        throw e;
      }
    }
  }

  private List<Stage> stages() {
    Path folder = Objects.requireNonNullElse(recipeFile.toAbsolutePath().getParent(), Path.of("."));
    List<Stage> stages = new ArrayList<>();
    stages.add(new CollectStage(recipe.collect(), folder));
    stages.add(new CurateStage(recipe.curate(), recipe.seed()));
    stages.add(new TokenizerStage(recipe.tokenizer(), recipe.pretrain().contextLength()));
    stages.add(new PretrainStage(recipe.pretrain(), recipe.seed()));
    if (recipe.sft() != null) {
      stages.add(new SftStage(recipe.sft(), recipe.seed()));
    }
    stages.add(new EvaluateStage(recipe.evaluate(), recipe.sft() != null));
    return stages;
  }

  private Outcome finish(RunResult result, Registry registry, RunRecord record, long begun, String version) {
    RunResult.StageResult made = result.stage(recipe.sft() != null ? SftStage.NAME : PretrainStage.NAME);
    Path model = link(made.folder().resolve(PretrainStage.MODEL));
    ReportData data = new ReportData(recipe, result, runDir);
    Model released = release(registry, record, made, data.scores());
    double seconds = (System.nanoTime() - begun) / 1e9;
    RunReport report = data.report(record, released, model, seconds, version);
    ReportWriter.write(runDir, report);
    return new Outcome(data.summary(released, model));
  }

  private Model release(
      Registry registry, RunRecord record, RunResult.StageResult made, Map<String, Double> scores) {
    Path model = made.folder().resolve(PretrainStage.MODEL).toAbsolutePath().normalize();
    try (CheckpointDir folder = CheckpointDir.open(model)) {
      return registry.release(
          new ModelRelease(
              recipe.name(), model, folder.sha256(), record.id(), made.artifact().digest(), scores));
    }
  }

  /// `<run>/model` points to the newest model; where links cannot be made, the artifact's own folder is used.
  private Path link(Path target) {
    Path link = runDir.toAbsolutePath().normalize().resolve("model");
    Path beside = link.resolveSibling(".model.part");
    try {
      Files.deleteIfExists(beside);
      Files.createSymbolicLink(beside, runDir.toAbsolutePath().normalize().relativize(target.toAbsolutePath().normalize()));
      Files.move(beside, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return link;
    } catch (UnsupportedOperationException | IOException e) {
      progress.say("release: no link can be made at " + link + " (" + e.getMessage() + "); the model is at " + target);
      return target.toAbsolutePath().normalize();
    }
  }
}
