package dev.athanor.data.dedup;

import dev.athanor.data.SplitMix64;

/// The hash of a window that slides over numbers: a polynomial in a fixed base modulo the prime 2⁶¹ − 1 (Karp and Rabin 1987), so
/// two different windows of L numbers agree with probability of at most about L / 2⁶¹, whatever the text.
final class RollingHash {
  private static final long PRIME = (1L << 61) - 1;
  private static final long BASE = 0x1b873593cc9e2d51L % PRIME;

  private final long leaving;
  private long hash;

  /// @param window how many numbers it holds
  RollingHash(int window) {
    long power = 1;
    for (int i = 0; i < window; i++) {
      power = times(power, BASE);
    }
    leaving = power;
  }

  void enter(int number) {
    hash = reduced(times(hash, BASE) + number + 1);
  }

  /// Call after the number that takes its place has entered.
  void leave(int number) {
    hash = reduced(hash + PRIME - times(leaving, number + 1L));
  }

  void clear() {
    hash = 0;
  }

  /// Spread over all 64 bits.
  long mixed() {
    return SplitMix64.mix(hash);
  }

  private static long times(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    return reduced((low & PRIME) + ((low >>> 61) | (high << 3)));
  }

  private static long reduced(long value) {
    long sum = (value & PRIME) + (value >>> 61);
    return sum >= PRIME ? sum - PRIME : sum;
  }
}
