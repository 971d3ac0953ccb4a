package dev.athanor.data.contamination;

import java.util.List;

/// What was found of evaluation sets in a corpus.
///
/// @param tasks the sets, in the order of their files
/// @param hits items that some document holds, the most frequent first; no more than [#MOST_HITS]
public record ContaminationReport(List<Task> tasks, List<Hit> hits) {
  static final int MOST_HITS = 50;

  public ContaminationReport {
    tasks = List.copyOf(tasks);
    hits = List.copyOf(hits);
  }

  /// @param items of the set
  /// @param unchecked items of which no n-gram could be looked for: they are too short, or all they say stands in many others
  /// @param found items that some document holds
  public record Task(String task, int items, int unchecked, int found) {}

  /// @param item such as "gsm8k/test#12"
  /// @param documents that hold text of it
  public record Hit(String item, long documents) {}
}
