package dev.athanor.nn;

/// What a model reads at once: sequences of tokens, pairs of a source and a target, or text with images. Nothing is padded.
public sealed interface Batch permits TokenBatch, SeqToSeqBatch, ImageTextBatch {
  /// Tokens after which something is predicted: all of them, or those of the targets.
  int tokens();

  /// Tokens that go through the model, those of sources and targets: what speed and budgets count.
  default int read() {
    return tokens();
  }
}
