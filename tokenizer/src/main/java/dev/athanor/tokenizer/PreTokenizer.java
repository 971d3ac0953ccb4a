package dev.athanor.tokenizer;

/// Cuts text into the pieces inside which byte pairs may merge: no token ever spans two pieces.
public sealed interface PreTokenizer extends TextCutter permits PreTokenizerPattern, RegexPreTokenizer, PreTokenizerSequence {
  /// Gives every piece in order; together the pieces are the whole text, none is empty.
  @Override
  void split(String text, Pieces pieces);

  /// Takes the piece `text[start, end)`.
  @FunctionalInterface
  interface Pieces {
    void accept(String text, int start, int end);
  }
}
