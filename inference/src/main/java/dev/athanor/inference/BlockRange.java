package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;

/// Consecutive blocks of a decoder that run on one backend.
///
/// @param from the first
/// @param to behind the last
/// @param of all blocks of the decoder
public record BlockRange(int from, int to, int of) {
  public BlockRange {
    if (from < 0 || from > to || to > of) {
      throw new IllegalArgumentException("no blocks [" + from + ", " + to + ") of " + of);
    }
  }

  public static BlockRange all(DecoderSpec spec) {
    return new BlockRange(0, spec.numLayers(), spec.numLayers());
  }

  /// Whether the embedding stands before them.
  public boolean isFirst() {
    return from == 0;
  }

  /// Whether the head stands after them.
  public boolean isLast() {
    return to == of;
  }

  public boolean holds(int block) {
    return block >= from && block < to;
  }
}
