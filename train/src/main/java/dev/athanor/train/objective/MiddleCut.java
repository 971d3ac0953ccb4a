package dev.athanor.train.objective;

import dev.athanor.tokenizer.Tokenizer;

/// Where a document may be cut into prefix, middle and suffix.
public sealed interface MiddleCut {
  /// Leaves the tokens as they are.
  record BetweenTokens() implements MiddleCut {}

  /// In the middle of a word too, as people do who write there; each part is encoded anew. The paper's choice (its section 4.4):
  /// a model that has only seen cuts between tokens cannot go on from part of one.
  ///
  /// A document whose text would not stay the same, because it begins in the middle of a character, holds a special token or has a
  /// tokenizer that changes text, is cut between tokens; so is the rare one that would get fewer tokens than it had.
  ///
  /// @param tokenizer the documents'
  record BetweenCharacters(Tokenizer tokenizer) implements MiddleCut {}
}
