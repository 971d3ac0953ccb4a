package dev.athanor.inference;

/// What one block remembers of one sequence.
sealed interface BlockMemory permits KeyValues, RecurrentState {
  /// Makes room for a pass that takes the sequence from `length` to `end` positions. Repeated after a pass that failed, it finds
  /// everything as it was.
  void reserve(int length, int end);

  /// What the pass wrote counts from now on.
  void commit();
}
