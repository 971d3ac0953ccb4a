package dev.athanor.data.ngram;

import dev.athanor.data.SplitMix64;

/// 64-bit hashes of words and of n-grams; 0 is none's. Two of ten million words collide with probability 3·10⁻⁶.
final class WordHash {
  static final int UNKNOWN = 0;
  static final int BEGIN = 1;
  static final int END = 2;
  static final String[] MARKS = {"<unk>", "<s>", "</s>"};

  private static final long SEED = 0x9ae16a3b2f90404fL;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private WordHash() {}

  static long of(char[] chars, int from, int to) {
    long h = SEED ^ (to - from);
    for (int i = from; i < to; i++) {
      h = (h ^ chars[i]) * 0x100000001b3L;
      h ^= h >>> 29;
    }
    return some(SplitMix64.mix(h));
  }

  static long of(String word) {
    char[] chars = word.toCharArray();
    return of(chars, 0, chars.length);
  }

  /// The key of the n-gram of one word.
  static long first(int word) {
    return some(SplitMix64.mix((word + 1L) * GOLDEN));
  }

  /// The key of an n-gram that has one more word to its left.
  static long extend(long key, int word) {
    return some(SplitMix64.mix(key ^ ((word + 1L) * GOLDEN)));
  }

  private static long some(long hash) {
    return hash == 0 ? 1 : hash;
  }
}
