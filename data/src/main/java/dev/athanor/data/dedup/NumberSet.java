package dev.athanor.data.dedup;

/// Numbers below a limit, one bit each, and how many of them are below a given one.
final class NumberSet {
  private static final int BLOCK = 8;

  private final long[] words;
  private long[] before = new long[0];

  NumberSet(long limit) {
    words = new long[Math.toIntExact((limit + 63) >>> 6)];
  }

  void add(long number) {
    words[(int) (number >>> 6)] |= 1L << number;
  }

  boolean contains(long number) {
    return (words[(int) (number >>> 6)] >>> number & 1) != 0;
  }

  /// Call once all have been added.
  void count() {
    before = new long[words.length / BLOCK + 1];
    long sum = 0;
    for (int i = 0; i < words.length; i++) {
      if (i % BLOCK == 0) {
        before[i / BLOCK] = sum;
      }
      sum += Long.bitCount(words[i]);
    }
  }

  /// How many numbers of the set are below this one.
  long rank(long number) {
    int word = (int) (number >>> 6);
    long rank = before[word / BLOCK];
    for (int i = word - word % BLOCK; i < word; i++) {
      rank += Long.bitCount(words[i]);
    }
    return rank + Long.bitCount(words[word] & ((1L << number) - 1));
  }
}
