package dev.athanor.data.engine;

import dev.athanor.data.step.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one pass over the documents does: judge them by what was decided before, pass them through steps, sign what is kept for the
/// next decision.
///
/// @param number of the pass, from 1
/// @param judge the step that was decided before this pass; null in the first
/// @param steps that look at one document at a time, in order
/// @param sign the step that is decided after this pass; null in the last
record Segment(int number, @Nullable NamedStep judge, List<NamedStep> steps, @Nullable NamedStep sign) {
  Segment {
    steps = List.copyOf(steps);
  }

  /// A step and what it is called in reports: its key in the recipe, with a number where the key comes twice ("minhash-2").
  record NamedStep(String name, Step step) {}

  String passName() {
    return "pass-" + number;
  }

  /// Of the stage that decides after this pass.
  String decideName() {
    if (sign == null) {
      throw new IllegalStateException("nothing is decided after the last pass");
    }
    return "decide-" + number + "-" + sign.name();
  }
}
