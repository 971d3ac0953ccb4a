package dev.athanor.data.engine;

import dev.athanor.data.step.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one pass over the documents does: judge them by what was decided before, pass them through steps, sign what is kept for the
/// next decision.
///
/// @param number of the pass, from 1; 0 of the one that only collects
/// @param judge the step that was decided before this pass; null in the first
/// @param steps that look at one document at a time, in order
/// @param sign the step that is decided after this pass; null in the last
record Segment(int number, @Nullable NamedStep judge, List<NamedStep> steps, @Nullable NamedStep sign) {
  static final String PASS = "pass-";
  static final String DECIDE = "decide-";
  /// Reads the sources and does nothing else, for runs in which that is a pass of its own.
  static final Segment COLLECT = new Segment(0, null, List.of(), null);

  Segment {
    steps = List.copyOf(steps);
  }

  /// A step and what it is called in reports: its key in the recipe, with a number where the key comes twice ("minhash-2").
  record NamedStep(String name, Step step) {}

  String passName() {
    return number == 0 ? CollectStage.NAME : PASS + number;
  }

  /// Of the stage that decides after this pass.
  String decideName() {
    if (sign == null) {
      throw new IllegalStateException("nothing is decided after the last pass");
    }
    return DECIDE + number + "-" + sign.name();
  }
}
