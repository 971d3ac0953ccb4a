package dev.athanor.model;

/// How a token becomes a vector: its row · scale, plus what its position and its type add, then perhaps a norm.
///
/// @param tokenTypes rows of the table of token types (BERT's sentence A and B); 0 for none
public record Embedding(double scale, Positions positions, int tokenTypes, boolean norm) {
  /// The row alone.
  public static final Embedding PLAIN = new Embedding(1, new Positions.None(), 0, false);
}
