package dev.athanor.data.step;

/// Refuses a value of a recipe.
final class Refusal {
  private Refusal() {}

  /// @param message begins with the component's name, so that the recipe's line can be told
  static void unless(boolean allowed, String message) {
    if (!allowed) {
      throw new IllegalArgumentException(message);
    }
  }
}
