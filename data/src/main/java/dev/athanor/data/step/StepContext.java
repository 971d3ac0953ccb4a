package dev.athanor.data.step;

import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.nio.file.Files;
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

  /// The digest of a file that a recipe names.
  ///
  /// @throws UserException when it is not there
  public String sha256(String path) {
    Path file = resolve(path);
    if (!Files.isRegularFile(file)) {
      throw new UserException("no such file: " + file);
    }
    return Sha256.of(file);
  }
}
