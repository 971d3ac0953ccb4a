package dev.athanor.model;

/// What must hold of a spec's facts.
final class Facts {
  private Facts() {}

  static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
