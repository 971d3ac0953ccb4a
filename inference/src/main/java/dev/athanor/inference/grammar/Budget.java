package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;

/// How much a format may cost to compile. What is beyond it is refused, so that no format, however it is made, holds the
/// server up or fills its memory.
final class Budget {
  /// States of an automaton before it is made deterministic.
  static final int MAX_STATES = 600_000;
  /// States of the deterministic automata together.
  static final int MAX_DETERMINISTIC_STATES = 200_000;
  /// Entries of their tables: states × classes of bytes.
  static final int MAX_TABLE = 16_000_000;
  /// Elementary steps of all constructions together; a few seconds.
  static final long MAX_STEPS = 60_000_000;

  private int states;
  private int deterministic;
  private long steps;

  void state() {
    if (++states > MAX_STATES) {
      throw tooLarge("needs more than " + MAX_STATES + " states");
    }
  }

  void deterministicState(int classes) {
    deterministic++;
    if (deterministic > MAX_DETERMINISTIC_STATES || (long) deterministic * classes > MAX_TABLE) {
      throw tooLarge("needs more than " + Math.min(MAX_DETERMINISTIC_STATES, MAX_TABLE / classes) + " states");
    }
  }

  void spend(long count) {
    steps += count;
    if (steps > MAX_STEPS) {
      throw tooLarge("takes more than " + MAX_STEPS + " steps to compile");
    }
  }

  long steps() {
    return steps;
  }

  private static UserException tooLarge(String why) {
    return new UserException(
        "the output format is too large or too ambiguous: it " + why + "; use smaller repetitions, bounds or fewer alternatives");
  }
}
