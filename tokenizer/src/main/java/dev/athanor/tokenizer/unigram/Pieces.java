package dev.athanor.tokenizer.unigram;

import dev.athanor.tokenizer.Words;

/// Candidates for the vocabulary, sorted by their symbols, a shorter one before those it begins.
///
/// @param at where each stands in the words' symbols
/// @param scores natural logarithms of their probabilities
record Pieces(int[] at, int[] lengths, double[] scores) {
  int size() {
    return at.length;
  }

  PieceTrie trie(Words words) {
    int[] ids = new int[at.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i;
    }
    return PieceTrie.of(words.symbols(), at, lengths, ids);
  }

  /// Those that are kept, in the same order.
  Pieces only(boolean[] kept, double[] newScores) {
    int size = 0;
    for (boolean one : kept) {
      size += one ? 1 : 0;
    }
    int[] newAt = new int[size];
    int[] newLengths = new int[size];
    double[] scoresOfKept = new double[size];
    for (int i = 0, j = 0; i < at.length; i++) {
      if (kept[i]) {
        newAt[j] = at[i];
        newLengths[j] = lengths[i];
        scoresOfKept[j++] = newScores[i];
      }
    }
    return new Pieces(newAt, newLengths, scoresOfKept);
  }
}
