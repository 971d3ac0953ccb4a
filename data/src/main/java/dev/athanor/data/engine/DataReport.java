package dev.athanor.data.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.JsonNode;

/// What a data run did, step by step.
///
/// @param records read, those set aside included
/// @param setAside records that gave no document, by reason
/// @param steps in order: the funnel
/// @param before documents as the sources gave them
/// @param after documents as they were written
/// @param decisions what each decision over the whole corpus says of itself
/// @param stages of the run
public record DataReport(
    String name,
    long records,
    SortedMap<String, Long> setAside,
    List<StepCount> steps,
    Census before,
    Census after,
    List<Decision> decisions,
    List<Stage> stages) {
  /// @param stage that decided
  /// @param summary as the step wrote it
  public record Decision(String stage, JsonNode summary) {}

  /// @param folder of its artifact, in the run's `artifacts`
  /// @param seconds over all interruptions
  public record Stage(String name, String folder, double seconds) {}

  static DataReport of(String name, List<PassSummary> passes, List<Decision> decisions, List<Stage> stages) {
    PassSummary first = passes.getFirst();
    List<StepCount> steps = new ArrayList<>();
    passes.forEach(pass -> steps.addAll(pass.steps()));
    return new DataReport(
        name,
        first.records(),
        first.setAside(),
        List.copyOf(steps),
        first.before(),
        passes.getLast().after(),
        List.copyOf(decisions),
        List.copyOf(stages));
  }
}
