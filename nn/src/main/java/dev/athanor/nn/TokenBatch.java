package dev.athanor.nn;

import java.util.Arrays;

/// Token sequences laid one after the other, so that none is padded. Attention stays inside each.
///
/// @param ids all tokens, N in all
/// @param lengths of the sequences, in order; they add up to N
/// @param prefixes of each sequence the number of leading tokens that all see one another; the others see what comes before
///     them. 0 and 1 both say that the sequence is causal throughout
public record TokenBatch(long[] ids, int[] lengths, int[] prefixes) implements Batch {
  public TokenBatch {
    if (Arrays.stream(lengths).sum() != ids.length) {
      throw new IllegalArgumentException("sequence lengths do not add up to " + ids.length + " tokens");
    }
    if (prefixes.length != lengths.length) {
      throw new IllegalArgumentException(prefixes.length + " prefixes for " + lengths.length + " sequences");
    }
    for (int i = 0; i < prefixes.length; i++) {
      if (prefixes[i] < 0 || prefixes[i] > lengths[i]) {
        throw new IllegalArgumentException("a prefix of " + prefixes[i] + " tokens in a sequence of " + lengths[i]);
      }
    }
  }

  /// Sequences without prefixes.
  public TokenBatch(long[] ids, int[] lengths) {
    this(ids, lengths, new int[lengths.length]);
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

  /// Whether in no sequence a token sees a later one because of a prefix.
  public boolean isCausal() {
    return Arrays.stream(prefixes).allMatch(prefix -> prefix <= 1);
  }
}
