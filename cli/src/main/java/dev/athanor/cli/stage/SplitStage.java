package dev.athanor.cli.stage;

import dev.athanor.base.UserException;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.engine.Curation;
import dev.athanor.data.engine.StepCount;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.spill.LocalWorkspace;
import dev.athanor.data.split.PackageSplit;
import dev.athanor.data.split.SplitReport;
import dev.athanor.data.split.Splitter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Curated documents → train, validation and test, split by package after near-duplicates are grouped.
///
/// @param curation whose documents are split
public record SplitStage(Recipe.Curate recipe, long seed, Curation curation) implements Stage {
  static final String NAME = "split";
  private static final String WORK = "work";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Object configuration() {
    return Map.of(
        "near_duplicate", recipe.nearDuplicate(),
        "validation_share", recipe.validationShare(),
        "test_share", recipe.testShare(),
        "seed", seed);
  }

  @Override
  public List<String> inputs() {
    return List.of(curation.lastStage());
  }

  @Override
  public void run(StageContext context) throws IOException, InterruptedException {
    DocumentParts documents = Curation.documents(context.input(curation.lastStage()));
    if (documents.count() == 0) {
      throw new UserException(
          "nothing is left to train on: the steps dropped all documents ("
              + reasons(context)
              + "); name more sources in the recipe, or change its steps");
    }
    var splitter = new Splitter(recipe.nearDuplicate(), new PackageSplit(recipe.validationShare(), recipe.testShare(), seed));
    Path work = context.output().resolve(WORK);
    DeleteFolder.at(work);
    try {
      var workspace =
          new LocalWorkspace(work, recipe.limits().memoryBytes(), recipe.limits().threadCount(), context.progress());
      SplitReport report = splitter.run(documents, context.output(), workspace);
      context.metric("kept", report.documents());
      context.metric("bytes", report.bytes());
    } finally {
      DeleteFolder.at(work);
    }
  }

  /// "exact: exact duplicate 12, near-empty: package-info 3".
  private String reasons(StageContext context) {
    return String.join(", ", curation.counts(context::artifact).stream().flatMap(SplitStage::reasons).toList());
  }

  private static Stream<String> reasons(StepCount step) {
    return step.dropped().entrySet().stream().map(reason -> step.name() + ": " + reason.getKey() + " " + reason.getValue());
  }
}
