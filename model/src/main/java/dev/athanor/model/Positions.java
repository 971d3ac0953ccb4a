package dev.athanor.model;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// What is added to an embedding for its position.
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
public sealed interface Positions {
  /// Nothing: attention or a recurrence knows the order.
  record None() implements Positions {}

  /// A learned vector each.
  ///
  /// @param rows of the table
  /// @param offset the row of the first position (RoBERTa and BART leave the first two unused)
  record Learned(int rows, int offset) implements Positions {
    public Learned {
      Facts.require(rows > offset && offset >= 0, "a table of positions has more rows than its offset");
    }
  }
}
