package dev.athanor.data.contamination;

import dev.athanor.data.SplitMix64;
import dev.athanor.data.dedup.Tokens;

/// Hands over every `size` tokens in a row: their hash and where they stand.
final class Grams implements Tokens.Sink {
  private static final long BASE = 0x9e3779b97f4a7c15L;

  /// Takes n-grams in their order.
  @FunctionalInterface
  interface Sink {
    /// @param units UTF-16 units of the tokens alone
    /// @param tokens their hashes in a ring, to be looked at during the call
    void gram(long hash, int from, int to, int units, long[] tokens);
  }

  private final Sink sink;
  private final long[] tokens;
  private final int[] starts;
  private final int[] lengths;
  private final long leaving;
  private long hash;
  private long count;
  private int slot;
  private int units;

  Grams(int size, Sink sink) {
    this.sink = sink;
    tokens = new long[size];
    starts = new int[size];
    lengths = new int[size];
    long power = 1;
    for (int i = 0; i < size; i++) {
      power *= BASE;
    }
    leaving = power;
  }

  @Override
  public void token(long token, int from, int to, boolean single) {
    hash = hash * BASE + token - tokens[slot] * leaving;
    tokens[slot] = token;
    starts[slot] = from;
    units += to - from - lengths[slot];
    lengths[slot] = to - from;
    slot = slot + 1 == tokens.length ? 0 : slot + 1;
    if (++count >= tokens.length) {
      sink.gram(SplitMix64.mix(hash), starts[slot], to, units, tokens);
    }
  }
}
