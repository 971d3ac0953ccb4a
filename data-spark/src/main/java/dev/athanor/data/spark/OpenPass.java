package dev.athanor.data.spark;

import dev.athanor.base.UserException;
import dev.athanor.data.engine.Pass;
import dev.athanor.data.engine.PassTask;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The pass that this process is at work on. Its steps are opened once, so that an executor holds each model once however many cores
/// and tasks it has.
final class OpenPass {
  private static @Nullable OpenPass last;

  private final PassTask task;
  private final Pass pass;

  private OpenPass(PassTask task, Pass pass) {
    this.task = task;
    this.pass = pass;
  }

  static synchronized Pass of(PassTask task) {
    OpenPass open = last;
    if (open == null || !open.task.equals(task)) {
      if (!Files.isDirectory(Path.of(task.output()))) {
        throw new UserException(
            "there is no folder " + task.output() + "; name one by --output that all machines see under the same path");
      }
      // The one before is let go of first: both may be large.
      last = null;
      open = new OpenPass(task, Pass.open(task));
      last = open;
    }
    return open.pass;
  }
}
