package dev.athanor.base.run;

import dev.athanor.base.Progress;
import java.nio.file.Path;

/// What a stage may touch while it runs.
public interface StageContext {
  /// The subfolder of `output()` whose files are kept for resuming only: they are no part of the artifact's content, so
  /// a later stage must not read them.
  String CHECKPOINTS = "checkpoints";

  /// The folder to write in; it exists, and survives an interruption with all that the stage wrote.
  Path output();

  /// `output()/checkpoints`, created when it is missing.
  Path checkpoints();

  /// The finished folder of an input's artifact; to be read only.
  ///
  /// @throws IllegalArgumentException when `stage` is none of this stage's inputs
  Path input(String stage);

  /// What is known of any earlier stage's artifact (its seconds, metrics, digest), whether or not it is an input. A
  /// change of these alone does not redo this stage.
  ///
  /// @throws IllegalArgumentException when no stage of that name came earlier in the run
  Artifact artifact(String stage);

  Progress progress();

  /// Saves a figure in `artifact.json`, replacing one of the same name; figures survive an interruption. `value` is a
  /// number, a text, a record, a list or a map of such.
  void metric(String name, Object value);

  /// Seconds spent on this artifact so far, over all interruptions.
  double seconds();
}
