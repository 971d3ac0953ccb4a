package dev.athanor.cli.model;

import dev.athanor.base.UserException;
import dev.athanor.model.CheckpointDir;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where a checkpoint may be written: nothing that somebody made is replaced unless they say so, and what is replaced is a
/// checkpoint.
public final class OutputPlace {
  private OutputPlace() {}

  /// @param inputs what is read: the output is none of them, nor in one, nor around one
  /// @throws UserException saying why not there
  public static void require(Path out, boolean force, List<Path> inputs) {
    for (Path input : inputs) {
      Path real = real(input);
      Path place = real(out);
      if (place.equals(real)) {
        throw new UserException("the output is the input, " + input + "; write to another place");
      }
      if (place.startsWith(real) || real.startsWith(place)) {
        throw new UserException("the output " + out + " and the input " + input + " lie in one another; write to another place");
      }
    }
    if (!Files.exists(out)) {
      return;
    }
    boolean file = out.toString().endsWith(".gguf");
    if (file != Files.isRegularFile(out)) {
      throw new UserException(out + " is there and is no " + (file ? "file" : "folder") + "; write to another place");
    }
    if (!file && isEmpty(out)) {
      return;
    }
    if (!force) {
      throw new UserException(out + " is there already; --force replaces it");
    }
    if (!file && !Files.exists(out.resolve(CheckpointDir.CONFIG))) {
      throw new UserException(
          out + " holds no " + CheckpointDir.CONFIG + ": it is no checkpoint, and not even --force replaces it");
    }
  }

  /// Also of what does not exist yet.
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    try {
      return Files.exists(absolute) || parent == null ? absolute.toRealPath() : real(parent).resolve(absolute.getFileName());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private static boolean isEmpty(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
    }
  }
}
