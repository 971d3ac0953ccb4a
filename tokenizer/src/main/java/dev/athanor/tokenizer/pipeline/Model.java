package dev.athanor.tokenizer.pipeline;

/// Makes tokens of a piece of text.
interface Model {
  /// Takes tokens in order, each with the stretch of the piece that it stands for, in chars.
  @FunctionalInterface
  interface Sink {
    void token(int id, int start, int end);
  }

  /// @param piece not empty
  void encode(String piece, Sink sink);

  Vocabulary vocabulary();
}
