package dev.athanor.data;

/// Numbers that depend on a seed and on nothing else: not on the JDK, not on threads. Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014.
public final class SplitMix64 {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private long state;

  public SplitMix64(long seed) {
    state = seed;
  }

  public long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /// A number in [0, bound), by the high half of a 128-bit product; its bias of at most bound / 2⁶⁴ does not matter here.
  public int below(int bound) {
    return (int) Math.unsignedMultiplyHigh(next(), bound);
  }

  /// A bijection of 64-bit numbers in which every input bit changes every output bit.
  public static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// A 64-bit hash of a text's UTF-16 units from `from` (inclusive) to `to`.
  public static long hash(CharSequence text, int from, int to, long seed) {
    long h = seed ^ (to - from);
    for (int i = from; i < to; i++) {
      h = (h ^ text.charAt(i)) * 0x100000001b3L;
      h ^= h >>> 29;
    }
    return mix(h);
  }

  public static long hash(CharSequence text, long seed) {
    return hash(text, 0, text.length(), seed);
  }
}
