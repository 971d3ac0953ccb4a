package dev.athanor.data.privacy;

/// Looks at one place of a text, reads a bounded number of characters around it, and adds what it finds. Has no state.
@FunctionalInterface
interface Detector {
  /// @param at where the trigger's word begins
  /// @param end where it ends
  void look(Passage passage, int at, int end);
}
