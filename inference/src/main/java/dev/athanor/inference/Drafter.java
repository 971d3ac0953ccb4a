package dev.athanor.inference;

import java.util.List;

/// Guesses how texts go on; what it proposes is verified in one pass with the next token, so it costs time but changes no text.
interface Drafter extends AutoCloseable {
  /// Proposes at most `most` tokens to each sequence, or none.
  void draft(List<Sequence> sequences, int most);

  /// What it remembers of a sequence is no longer needed.
  default void forget(Sequence sequence) {}

  @Override
  default void close() {}
}
