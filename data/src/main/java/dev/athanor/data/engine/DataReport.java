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
/// @param summaries what decisions over the whole corpus and steps that note what they find say of themselves
/// @param stages of the run
public record DataReport(
    String name,
    long records,
    SortedMap<String, Long> setAside,
    List<StepCount> steps,
    Census before,
    Census after,
    List<Summary> summaries,
    List<Stage> stages) {
  /// @param of a stage that decided, or a step
  /// @param told as the step wrote it
  public record Summary(String of, JsonNode told) {}

  /// @param folder of its artifact, from the report's folder
  /// @param seconds over all interruptions
  public record Stage(String name, String folder, double seconds) {}

  static DataReport of(String name, List<PassSummary> passes, List<Summary> summaries, List<Stage> stages) {
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
        List.copyOf(summaries),
        List.copyOf(stages));
  }
}
