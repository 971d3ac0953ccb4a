package dev.athanor.data.engine;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// All that a worker, of this process or on another machine, must know to do its part of a pass. Paths are absolute; on a cluster they
/// lie on a file system that all machines see.
///
/// @param recipe as YAML, with every default said
/// @param folder that the recipe's relative paths start from
/// @param segment its number, from 1; 0 only collects
/// @param output where shards are written
/// @param input the shards of the pass before; null for the first, which reads the sources
/// @param decisions of the step that this pass judges by
public record PassTask(
    String recipe, String folder, int segment, String output, @Nullable String input, @Nullable String decisions)
    implements Serializable {
  /// What people see of it: "pass 1".
  String title() {
    return segment == 0 ? CollectStage.NAME : "pass " + segment;
  }
}
