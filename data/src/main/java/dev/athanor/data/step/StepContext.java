package dev.athanor.data.step;

import dev.athanor.base.Progress;
import java.nio.file.Path;

/// What a step needs to know beside itself.
///
/// @param folder that relative paths start from
/// @param seed of everything that is drawn
public record StepContext(Path folder, long seed, Progress progress) {
  /// A path of a recipe.
  public Path resolve(String path) {
    return folder.resolve(path);
  }
}
