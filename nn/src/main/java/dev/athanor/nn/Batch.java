package dev.athanor.nn;

/// What a model reads at once: sequences of tokens, or pairs of a source and a target. Nothing is padded.
public sealed interface Batch permits TokenBatch, SeqToSeqBatch {
  /// Tokens after which something is predicted: all of them, or those of the targets.
  int tokens();
}
