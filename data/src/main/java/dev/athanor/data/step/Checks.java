package dev.athanor.data.step;

import java.util.List;

/// What recipes may say, refused with the key's name first.
final class Checks {
  private Checks() {}

  static void share(String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(key + " must be a share from 0 to 1, not " + value);
    }
  }

  static void notNegative(String key, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(key + " must not be negative, not " + value);
    }
  }

  /// A range that holds something.
  static void order(String lowKey, double low, String highKey, double high) {
    notNegative(lowKey, low);
    if (!(high >= low)) {
      throw new IllegalArgumentException(highKey + " must be at least " + lowKey + " (" + low + "), not " + high);
    }
  }

  /// One share for each n.
  static void shares(String key, List<Double> values, List<Integer> of) {
    if (values.size() != of.size()) {
      throw new IllegalArgumentException(key + " must have a share for each n of " + of + ", not " + values);
    }
    values.forEach(value -> share(key, value));
  }

  /// @param message begins with the key's name, so that the recipe's line can be told
  static void require(boolean allowed, String message) {
    if (!allowed) {
      throw new IllegalArgumentException(message);
    }
  }
}
