package dev.athanor.data;

/// The numbers below n in an order drawn by a seed, without a list of them: where a number goes is computed when it is asked for.
///
/// A Feistel network is a bijection of 2h-bit numbers whatever its round function (Luby and Rackoff, "How to construct pseudorandom
/// permutations from pseudorandom functions", SIAM J. Comput. 17, 1988); h is chosen so that n ≤ 2²ʰ < 4n or so, and a number that
/// falls outside goes round again until it falls inside (cycle walking: Black and Rogaway, "Ciphers with arbitrary finite domains",
/// CT-RSA 2002), fewer than four times on average. Immutable.
public final class Permutation {
  /// Four rounds are enough for pseudorandomness in theory; small domains mix better with more.
  private static final int ROUNDS = 8;

  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private final long size;
  private final int half;
  private final long mask;
  private final long key;

  /// @param size n ≥ 1, at most 2⁶²
  public Permutation(long size, long seed) {
    if (size < 1 || size > 1L << 62) {
      throw new IllegalArgumentException("a permutation is of 1 to 2^62 numbers, not of " + size);
    }
    this.size = size;
    int bits = Math.max(2, 64 - Long.numberOfLeadingZeros(size - 1));
    half = (bits + 1) / 2;
    mask = (1L << half) - 1;
    key = SplitMix64.mix(seed);
  }

  public long size() {
    return size;
  }

  /// What stands at a place.
  ///
  /// @param place from 0 to size − 1
  public long at(long place) {
    if (place < 0 || place >= size) {
      throw new IndexOutOfBoundsException("place " + place + " of " + size);
    }
    long number = place;
    do {
      number = encrypted(number);
    } while (number >= size);
    return number;
  }

  private long encrypted(long number) {
    long left = number >>> half;
    long right = number & mask;
    for (int round = 1; round <= ROUNDS; round++) {
      long next = left ^ (SplitMix64.mix(right + SplitMix64.mix(key + round * GOLDEN_GAMMA)) & mask);
      left = right;
      right = next;
    }
    return (left << half) | right;
  }
}
