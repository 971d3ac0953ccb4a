package dev.athanor.data.engine;

import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.engine.Segment.NamedStep;
import dev.athanor.data.step.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Cuts a recipe's steps into passes: a step that must see the whole corpus ends one pass and begins the next.
final class Segments {
  private Segments() {}

  static List<Segment> of(List<Step> steps) {
    List<Segment> segments = new ArrayList<>();
    List<NamedStep> alone = new ArrayList<>();
    @Nullable NamedStep judge = null;
    for (NamedStep step : named(steps)) {
      if (step.step().needsCorpus()) {
        segments.add(new Segment(segments.size() + 1, judge, alone, step));
        judge = step;
        alone = new ArrayList<>();
      } else {
        alone.add(step);
      }
    }
    segments.add(new Segment(segments.size() + 1, judge, alone, null));
    return List.copyOf(segments);
  }

  static List<NamedStep> named(List<Step> steps) {
    Map<String, Integer> uses = new HashMap<>();
    List<NamedStep> named = new ArrayList<>();
    for (Step step : steps) {
      String key = Recipes.alternative((Record) step).replace('_', '-');
      int use = uses.merge(key, 1, Integer::sum);
      named.add(new NamedStep(use == 1 ? key : key + "-" + use, step));
    }
    return named;
  }
}
