package dev.athanor.tokenizer;

/// Cuts text into the pieces that a trainer counts.
public interface TextCutter {
  /// Gives every piece in order; none is empty. A piece may be a part of another text than this one: of its normalized form.
  void split(String text, PreTokenizer.Pieces pieces);
}
