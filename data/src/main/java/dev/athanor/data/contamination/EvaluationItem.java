package dev.athanor.data.contamination;

/// A question of an evaluation set with its answer.
///
/// @param task the set: its file's path below the folder that was named, without its ending
/// @param number in its file, from 0
/// @param text all that would give it away, one field a line
record EvaluationItem(String task, int number, String text) {
  /// "gsm8k/test#12".
  String name() {
    return task + "#" + number;
  }
}
