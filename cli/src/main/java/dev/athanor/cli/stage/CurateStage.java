package dev.athanor.cli.stage;

import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.step.CurationReport;
import dev.athanor.data.step.Curator;
import dev.athanor.data.step.DropNearEmpty;
import dev.athanor.data.step.NearDuplicates;
import dev.athanor.data.step.PackageSplit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Documents → train, validation and test, split by package after near-duplicates are grouped; every dropped document is kept
/// with its reason.
public record CurateStage(Recipe.Curate recipe, long seed) implements Stage {
  static final String NAME = "curate";

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
    return Map.of("curate", recipe, "seed", seed);
  }

  @Override
  public List<String> inputs() {
    return List.of(CollectStage.NAME);
  }

  @Override
  public void run(StageContext context) {
    Curator curator =
        new Curator(
            new DropNearEmpty(recipe.minBytes(), recipe.minLines()),
            new NearDuplicates(recipe.nearDuplicate()),
            new PackageSplit(recipe.validationShare(), recipe.testShare(), seed));
    try (Stream<Document> documents =
        DocumentFile.read(context.input(CollectStage.NAME).resolve(CollectStage.DOCUMENTS))) {
      CurationReport report = curator.run(documents, context.output(), context.progress());
      context.metric("kept", report.splits().values().stream().mapToLong(CurationReport.Split::documents).sum());
      context.metric("dropped", report.dropped());
    }
  }
}
