package dev.athanor.tokenizer;

/// Distinct pieces of texts and how often each comes.
interface CountedPieces {
  /// Takes a piece and its count.
  @FunctionalInterface
  interface Visitor {
    void visit(String piece, long count);
  }

  /// Every piece once, in the same order each time.
  void forEach(Visitor visitor);
}
