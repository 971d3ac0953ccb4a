package dev.athanor.data.quality;

import dev.athanor.data.SplitMix64;
import java.util.Arrays;

/// 64-bit hashes with how often each came and where first: open addressing, at most half full. Two texts of one hash count as equal:
/// among 2²⁰ elements that happens once in 2²⁵ documents.
final class HashTable {
  private final long[] keys;
  private int[] counts = {};
  private int[] firsts = {};
  private final int mask;
  private boolean zero;

  /// @param most elements that will be added
  HashTable(int most) {
    int capacity = Integer.highestOneBit(Math.max(8, most)) * 4;
    keys = new long[capacity];
    mask = capacity - 1;
  }

  void clear() {
    Arrays.fill(keys, 0);
    zero = false;
  }

  /// Whether it was not there.
  boolean add(long hash) {
    if (hash == 0) {
      boolean fresh = !zero;
      zero = true;
      return fresh;
    }
    int slot = (int) hash & mask;
    while (keys[slot] != 0) {
      if (keys[slot] == hash) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    keys[slot] = hash;
    return true;
  }

  /// Counts one more.
  ///
  /// @param hash not 0
  /// @param at where it stands
  /// @return the slot that counts it
  int count(long hash, int at) {
    if (counts.length == 0) {
      counts = new int[keys.length];
      firsts = new int[keys.length];
    }
    int slot = (int) hash & mask;
    while (keys[slot] != 0) {
      if (keys[slot] == hash) {
        counts[slot]++;
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    keys[slot] = hash;
    counts[slot] = 1;
    firsts[slot] = at;
    return slot;
  }

  int countOf(int slot) {
    return counts[slot];
  }

  int firstOf(int slot) {
    return firsts[slot];
  }

  /// The hash of a sequence, from that of its beginning and of its next element.
  static long join(long before, long next) {
    return SplitMix64.mix(before * 0x9e3779b97f4a7c15L + next + 1);
  }
}
