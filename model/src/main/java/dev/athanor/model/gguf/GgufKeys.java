package dev.athanor.model.gguf;

import dev.athanor.base.UserException;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The keys of a file that say what its model is, `{architecture}.…`.
record GgufKeys(GgufFile file, String architecture) {
  String name(String key) {
    return architecture + "." + key;
  }

  /// @throws UserException when it is missing or no whole number from 0 to 2³¹ − 1
  int required(String key) {
    return integer(key).orElseThrow(() -> file.missing(name(key)));
  }

  int integer(String key, int otherwise) {
    return integer(key).orElse(otherwise);
  }

  private OptionalInt integer(String key) {
    OptionalLong value = file.integer(name(key));
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.getAsLong() < 0 || value.getAsLong() > Integer.MAX_VALUE) {
      throw bad("'%s' is %d; it is at most %d".formatted(name(key), value.getAsLong(), Integer.MAX_VALUE));
    }
    return OptionalInt.of((int) value.getAsLong());
  }

  double requiredReal(String key) {
    return real(key).orElseThrow(() -> file.missing(name(key)));
  }

  double real(String key, double otherwise) {
    return real(key).orElse(otherwise);
  }

  OptionalDouble real(String key) {
    return shortest(file.real(name(key)));
  }

  /// An F32 as the decimal that it was rounded from: 1e-6 and not 9.99999997e-7.
  private static OptionalDouble shortest(OptionalDouble value) {
    boolean single = value.isPresent() && (float) value.getAsDouble() == value.getAsDouble();
    return single ? OptionalDouble.of(Double.parseDouble(Float.toString((float) value.getAsDouble()))) : value;
  }

  /// Only `expected` is supported of this key; missing counts as `expected`.
  void require(String key, int expected) {
    int value = integer(key, expected);
    if (value != expected) {
      throw bad("'%s' is %d; only %d is supported here".formatted(name(key), value, expected));
    }
  }

  UserException bad(String problem) {
    return new UserException(file.path() + ": " + problem);
  }
}
