package dev.athanor.data.quality;

import dev.athanor.base.Progress;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.step.Step;
import dev.athanor.data.step.StepContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Steps as a recipe names them.
public final class RuleSteps {
  private record Recipe(List<Step> steps) {}

  private RuleSteps() {}

  public static DocumentStep step(String yaml) {
    Step step = Recipes.parse("test", "steps:\n- " + yaml, Recipe.class, List.of()).steps().getFirst();
    return (DocumentStep) step.open(new StepContext(Path.of("."), 1, Progress.silent()));
  }

  public static Filter filter(String yaml) {
    return (Filter) step(yaml);
  }

  public static Map<String, Double> measure(String yaml, String text) {
    return filter(yaml).measure(Documents.prose("d", text));
  }

  /// "kept", or the reason.
  public static String verdict(String yaml, String text) {
    return verdict(yaml, Documents.prose("d", text));
  }

  public static String verdict(String yaml, Document document) {
    return switch (step(yaml).apply(document)) {
      case Verdict.Kept kept -> "kept";
      case Verdict.Dropped dropped -> dropped.reason();
    };
  }

  /// What a step makes of a text that it keeps.
  public static String text(String yaml, String text) {
    return switch (step(yaml).apply(Documents.prose("d", text))) {
      case Verdict.Kept(Document document, _) -> document.text();
      case Verdict.Dropped dropped -> throw new AssertionError(dropped);
    };
  }
}
