package dev.athanor.cli.stage;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Run;
import dev.athanor.base.run.RunResult;
import dev.athanor.base.run.Stage;
import dev.athanor.cli.data.DataReportText;
import dev.athanor.data.engine.Curation;
import dev.athanor.data.engine.DataReport;
import dev.athanor.data.engine.LocalEngine;
import dev.athanor.eval.report.ReportWriter;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The life of a model from a recipe to a release.
public final class Life {
  private final Path recipeFile;
  private final Recipe recipe;
  private final Path runDir;
  private final Supplier<Registry> registry;
  private final Progress progress;

  /// Reads the recipe; all its problems are reported at once, before any work.
  ///
  /// @param runDir `runs/<name>` in the project's folder when null
  /// @param registry opened once the recipe has been read, so that a mistake in it leaves nothing behind
  public Life(
      Path recipeFile,
      List<String> overrides,
      @Nullable Path runDir,
      Supplier<Registry> registry,
      Progress progress) {
    this.registry = registry;
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
    Curation curation = curation();
    curation.check();
    try (Run run = Run.open(runDir, progress, version)) {
      AtomicFile.writeString(runDir.resolve("recipe.yaml"), resolved);
      Registry open = registry.get();
      RunRecord record =
          open.runStarted(
              new RunStart(recipe.name(), resolved, runDir.toAbsolutePath().normalize(), version));
      try {
        List<RunResult.StageResult> finished = new ArrayList<>();
        RunResult result =
            run.execute(
                stages(curation),
                stage -> {
                  open.recordArtifact(record.id(), ArtifactRecord.of(stage));
                  finished.add(stage);
                  if (stage.name().equals(curation.lastStage())) {
                    publish(curation, finished);
                  }
                });
        Outcome outcome = finish(result, open, record, begun, version);
        open.runFinished(record.id());
        return outcome;
      } catch (RuntimeException | InterruptedException e) {
        open.runFailed(record.id());
        throw e;
      }
    }
  }

  private Path folder() {
    return Objects.requireNonNullElse(recipeFile.toAbsolutePath().getParent(), Path.of("."));
  }

  private Curation curation() {
    return new Curation(recipe.data(), folder(), new LocalEngine(), true);
  }

  /// Puts what came through the steps where the commands for data runs find it, before training begins.
  private void publish(Curation curation, List<RunResult.StageResult> finished) {
    Path to = runDir.resolve(Curation.FOLDER);
    DataReport report = curation.publish(finished, to);
    AtomicFile.writeString(to.resolve("report.html"), new DataReportText(report).html());
  }

  private List<Stage> stages(Curation curation) {
    Path folder = folder();
    List<Stage> stages = new ArrayList<>(curation.stages());
    stages.add(new SplitStage(recipe.curate(), recipe.seed(), curation));
    Recipe.Pretrain pretrain = recipe.pretrain();
    Path shards = pretrain.shards() == null ? null : folder.resolve(pretrain.shards());
    stages.add(new TokenizerStage(recipe.tokenizer(), pretrain.contextLength(), ControlTokens.of(pretrain), shards));
    stages.add(new PretrainStage(pretrain, recipe.seed(), shards));
    if (recipe.sft() != null) {
      stages.add(new SftStage(recipe.sft(), recipe.seed()));
    }
    stages.add(
        pretrain.architecture().decodesAlone()
            ? new EvaluateStage(recipe.evaluate(), recipe.sft() != null)
            : new RecoverStage(pretrain, recipe.seed()));
    return stages;
  }

  private Outcome finish(RunResult result, Registry open, RunRecord record, long begun, String version) {
    long reporting = System.nanoTime();
    RunResult.StageResult made = result.stage(recipe.sft() != null ? SftStage.NAME : PretrainStage.NAME);
    Path model = link(made.folder().resolve(PretrainStage.MODEL));
    ReportData data = new ReportData(recipe, result, runDir);
    long releasing = System.nanoTime();
    Model released = release(open, record, made, data.scores());
    long now = System.nanoTime();
    ReportData.Ending ending =
        new ReportData.Ending((releasing - reporting) / 1e9, (now - releasing) / 1e9, (now - begun) / 1e9);
    ReportWriter.write(runDir, data.report(record, released, model, ending, version));
    return new Outcome(data.summary(released, model));
  }

  private Model release(
      Registry open, RunRecord record, RunResult.StageResult made, Map<String, Double> scores) {
    Path model = made.folder().resolve(PretrainStage.MODEL).toAbsolutePath().normalize();
    try (CheckpointDir folder = CheckpointDir.open(model)) {
      return open.release(
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
