package dev.athanor.data.contamination;

import java.util.List;

/// What was found of evaluation sets in a corpus.
public record ContaminationReport(List<Task> tasks) {
  public ContaminationReport {
    tasks = List.copyOf(tasks);
  }

  /// @param items of the set
  /// @param unchecked items of which no n-gram could be looked for: they are too short, or all they say stands in many others
  /// @param hit those that were found in some document
  public record Task(String task, int items, int unchecked, List<Hit> hit) {
    public Task {
      hit = List.copyOf(hit);
    }
  }

  /// @param item its number in its file
  /// @param documents that hold text of it
  /// @param ids of the first of them by their order, not more than twenty
  public record Hit(int item, long documents, List<String> ids) {
    public Hit {
      ids = List.copyOf(ids);
    }
  }
}
