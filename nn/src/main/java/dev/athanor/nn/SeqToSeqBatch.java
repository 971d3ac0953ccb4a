package dev.athanor.nn;

import java.util.Arrays;

/// Pairs of sequences for an encoder and a decoder: target i attends to itself, causally, and to all of source i.
///
/// @param source what the encoder reads; no sequence is empty, for a target needs something to attend to
/// @param target what the decoder reads
public record SeqToSeqBatch(TokenBatch source, TokenBatch target) implements Batch {
  public SeqToSeqBatch {
    if (source.lengths().length != target.lengths().length) {
      throw new IllegalArgumentException(
          source.lengths().length + " sources for " + target.lengths().length + " targets");
    }
    if (Arrays.stream(source.lengths()).anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException("a source is empty: " + Arrays.toString(source.lengths()));
    }
  }

  @Override
  public int tokens() {
    return target.tokens();
  }

  @Override
  public int read() {
    return source.tokens() + target.tokens();
  }
}
