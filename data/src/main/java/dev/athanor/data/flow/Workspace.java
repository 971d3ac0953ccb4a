package dev.athanor.data.flow;

import dev.athanor.base.Progress;
import java.nio.file.Path;

/// What a decision over the whole corpus may use.
public interface Workspace {
  /// A folder of its own for files that are not needed afterwards; removed by whoever made the workspace.
  Path folder();

  /// Bytes that may be held in memory at once.
  long memory();

  int threads();

  Progress progress();

  /// A new sort of pairs, on this machine's disk or a cluster's.
  PairSort pairSort(String name);
}
