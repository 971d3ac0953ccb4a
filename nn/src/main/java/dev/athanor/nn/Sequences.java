package dev.athanor.nn;

import java.util.Arrays;

/// How the positions of a batch, laid one after the other, fall into sequences.
///
/// @param lengths of the sequences, in order
/// @param prefixes how many leading positions of each see one another in a causal stack
/// @param starts how many positions of each are already in a [Cache]; all 0 without
public record Sequences(int[] lengths, int[] prefixes, int[] starts) {
  static Sequences of(TokenBatch batch) {
    return new Sequences(batch.lengths(), batch.prefixes(), new int[batch.lengths().length]);
  }

  /// Equally long, from their beginning.
  static Sequences equal(int count, int length) {
    int[] lengths = new int[count];
    Arrays.fill(lengths, length);
    return new Sequences(lengths, new int[count], new int[count]);
  }

  int count() {
    return lengths.length;
  }

  int positions() {
    return Arrays.stream(lengths).sum();
  }

  /// Whether all are equally long and begin here, without prefixes: then they are a rectangle.
  boolean isRectangle() {
    return lengths.length > 0
        && Arrays.stream(lengths).allMatch(length -> length == lengths[0])
        && Arrays.stream(prefixes).allMatch(prefix -> prefix <= 1)
        && isFresh();
  }

  boolean isFresh() {
    return Arrays.stream(starts).allMatch(start -> start == 0);
  }

  long[] longLengths() {
    return Arrays.stream(lengths).asLongStream().toArray();
  }

  /// The position of each within its sequence, from its start on.
  long[] positionsWithin(int offset) {
    long[] result = new long[positions()];
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      for (int p = 0; p < lengths[i]; p++) {
        result[at++] = (long) starts[i] + p + offset;
      }
    }
    return result;
  }
}
