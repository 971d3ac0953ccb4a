package dev.athanor.data.engine;

import dev.athanor.base.Progress;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.engine.Segment.NamedStep;
import dev.athanor.data.step.StepContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One pass over the corpus as a stage of a run.
///
/// @param before the segment before this one; null for the first
/// @param folder that the recipe's relative paths start from
record PassStage(DataRecipe recipe, Segment segment, @Nullable Segment before, Path folder, Engine engine) implements Stage {
  /// The metric that says what each step did.
  static final String STEPS = "steps";

  @Override
  public String name() {
    return segment.passName();
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public Object configuration() {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("seed", recipe.seed());
    said.put("chunk_megabytes", recipe.limits().chunkMegabytes());
    if (before == null) {
      said.put("sources", CollectStage.said(recipe.sources()));
    }
    said.put("steps", segment.steps().stream().map(PassStage::said).toList());
    NamedStep signed = segment.sign();
    if (signed != null) {
      said.put("sign", said(signed));
    }
    NamedStep judge = segment.judge();
    if (judge != null) {
      said.put("judge", said(judge));
    }
    return said;
  }

  static Map<String, Object> said(NamedStep step) {
    return Map.of(step.name(), Recipes.toTree(step.step()));
  }

  @Override
  public String fingerprint() {
    var versions = new StringBuilder();
    if (before == null) {
      versions.append(CollectStage.fingerprint(recipe.sources(), folder));
    }
    var context = new StepContext(folder, recipe.seed(), Progress.silent());
    List<NamedStep> all = new ArrayList<>(segment.steps());
    for (NamedStep whole : new @Nullable NamedStep[] {segment.judge(), segment.sign()}) {
      if (whole != null) {
        all.add(whole);
      }
    }
    all.forEach(step -> versions.append(step.name()).append(' ').append(step.step().version(context)).append('\n'));
    return versions.toString();
  }

  @Override
  public List<String> inputs() {
    Segment earlier = before;
    if (earlier == null) {
      return List.of();
    }
    return earlier.sign() == null ? List.of(earlier.passName()) : List.of(earlier.passName(), earlier.decideName());
  }

  @Override
  public void run(StageContext context) throws InterruptedException {
    PassSummary summary = PassSummary.of(carryOut(task(context), recipe, engine, context.progress()));
    context.metric("documents", summary.kept());
    context.metric("setAside", summary.setAside());
    context.metric(STEPS, summary.steps());
  }

  /// Has a pass done, with a place beside its folder for the shards under way.
  static Shards carryOut(PassTask task, DataRecipe recipe, Engine engine, Progress progress) throws InterruptedException {
    var shards = new Shards(Path.of(task.output()));
    shards.openParts();
    engine.run(task, recipe, progress);
    shards.removeParts();
    return shards;
  }

  private PassTask task(StageContext context) {
    Segment earlier = before;
    return new PassTask(
        Recipes.toYaml(recipe),
        folder.toAbsolutePath().toString(),
        segment.number(),
        context.output().toAbsolutePath().toString(),
        earlier == null ? null : context.input(earlier.passName()).toAbsolutePath().toString(),
        earlier == null || earlier.sign() == null ? null : DecideStage.decisions(context.input(earlier.decideName())).toAbsolutePath().toString());
  }
}
