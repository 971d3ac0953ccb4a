package dev.athanor.base.run;

import java.io.IOException;
import java.util.List;

/// One step of a run: its configuration and one method. Its artifact is addressed by everything that it says of itself
/// here, so two stages that answer alike are taken to write the same.
public interface Stage {
  /// Letters, digits, `-` and `_`; unique in its run: "collect".
  String name();

  /// Raised whenever the stage's code would write something else from the same configuration and inputs.
  int version();

  /// Everything that the user can set and that changes the output: a record, or a map of such values.
  Object configuration();

  /// Of what lies outside the run and is read by the stage (such as sizes and digests of the user's files); empty when
  /// there is nothing.
  default String fingerprint() {
    return "";
  }

  /// The names of earlier stages whose artifacts this one reads.
  List<String> inputs();

  /// Writes the artifact into `context.output()`. What an interrupted attempt left there is still there, so that a long
  /// stage resumes from its own checkpoints; a stage that keeps none writes the same files again.
  void run(StageContext context) throws IOException, InterruptedException;
}
