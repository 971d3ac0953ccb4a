package dev.athanor.data.engine;

import dev.athanor.base.Progress;
import dev.athanor.data.flow.Workspace;
import java.nio.file.Path;

/// Where the work is done. Whatever the engine, the same recipe over the same sources writes the same bytes.
public interface Engine extends AutoCloseable {
  /// Brings about all shards of a pass that are not there yet.
  void run(PassTask task, DataRecipe recipe, Progress progress) throws InterruptedException;

  /// What a decision over the whole corpus may use.
  ///
  /// @param folder an empty one; removed by the caller
  Workspace workspace(Path folder, DataRecipe recipe, Progress progress);

  /// Lets go of what the engine holds.
  @Override
  default void close() {}
}
