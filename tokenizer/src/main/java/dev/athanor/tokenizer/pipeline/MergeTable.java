package dev.athanor.tokenizer.pipeline;

import java.util.Arrays;

/// Pairs of ids that merge: rank and result by open addressing over one array of longs.
final class MergeTable {
  static final int NONE = -1;
  private static final long FREE = -1;

  private final long[] keys;
  private final int[] ranks;
  private final int[] results;

  MergeTable(int merges) {
    int capacity = Integer.highestOneBit(Math.max(8, merges) * 2 - 1) * 2;
    keys = new long[capacity];
    ranks = new int[capacity];
    results = new int[capacity];
    Arrays.fill(keys, FREE);
  }

  /// A pair that is there already takes the new rank, as in the published library.
  void put(int left, int right, int rank, int result) {
    int slot = slot(left, right);
    keys[slot] = key(left, right);
    ranks[slot] = rank;
    results[slot] = result;
  }

  /// Where the pair stands, or [#NONE].
  int find(int left, int right) {
    int slot = slot(left, right);
    return keys[slot] == FREE ? NONE : slot;
  }

  int rank(int slot) {
    return ranks[slot];
  }

  int result(int slot) {
    return results[slot];
  }

  private static long key(int left, int right) {
    return ((long) left << 32) | right;
  }

  private int slot(int left, int right) {
    long key = key(left, right);
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) ((mixed >>> 32) ^ (mixed >>> 52)) & mask;
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
