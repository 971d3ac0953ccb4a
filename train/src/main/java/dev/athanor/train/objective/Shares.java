package dev.athanor.train.objective;

/// Checks on what objectives are told.
final class Shares {
  private Shares() {}

  static void require(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(name + " must be between 0 and 1, not " + share);
    }
  }
}
