package dev.athanor.nn;

import java.util.Arrays;

/// Token sequences laid one after the other, so that none is padded. Attention stays inside each.
///
/// @param ids all tokens, N in all
/// @param lengths of the sequences, in order; they add up to N
public record TokenBatch(long[] ids, int[] lengths) implements Batch {
  public TokenBatch {
    if (Arrays.stream(lengths).sum() != ids.length) {
      throw new IllegalArgumentException("sequence lengths do not add up to " + ids.length + " tokens");
    }
  }

  @Override
  public int tokens() {
    return ids.length;
  }

  /// The length that all sequences share, or 0.
  public int commonLength() {
    int first = lengths.length == 0 ? 0 : lengths[0];
    return Arrays.stream(lengths).allMatch(length -> length == first) ? first : 0;
  }
}
