package dev.athanor.data.ngram;

import java.util.Arrays;

/// The n-grams of one order, numbered from 0 in the order in which they came. An n-gram is its prefix's number in the table
/// of the next lower order and its last token, so that any order and vocabulary fit one `long` key. Open addressing with
/// linear probing, at most two thirds full; no boxing.
final class GramTable {
  static final int TOKEN_BITS = 24;
  private static final long EMPTY = -1;
  /// 2^64 divided by the golden ratio: Knuth's multiplicative hashing; the high bits are well mixed.
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long[] keys = emptyKeys(1 << 10);
  private int[] ids = new int[1 << 10];
  private int size;

  /// Receives each n-gram once, in no particular order.
  interface Visitor {
    void gram(int prefix, int id);
  }

  int size() {
    return size;
  }

  /// The n-gram's number, or −1 when it is not here.
  int find(int prefix, int token) {
    int slot = slot(key(prefix, token));
    return keys[slot] == EMPTY ? -1 : ids[slot];
  }

  /// The n-gram's number; a new one gets the number `size()`.
  int add(int prefix, int token) {
    long key = key(prefix, token);
    int slot = slot(key);
    if (keys[slot] != EMPTY) {
      return ids[slot];
    }
    keys[slot] = key;
    ids[slot] = size++;
    int id = ids[slot];
    if (3L * size > 2L * keys.length) {
      grow();
    }
    return id;
  }

  void forEach(Visitor visitor) {
    for (int slot = 0; slot < keys.length; slot++) {
      if (keys[slot] != EMPTY) {
        visitor.gram((int) (keys[slot] >>> TOKEN_BITS), ids[slot]);
      }
    }
  }

  private static long key(int prefix, int token) {
    return (long) prefix << TOKEN_BITS | token;
  }

  /// Where the key is, or the empty slot where it would go.
  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) ((key * GOLDEN) >>> (64 - Integer.numberOfTrailingZeros(keys.length)));
    while (keys[slot] != EMPTY && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldIds = ids;
    keys = emptyKeys(oldKeys.length * 2);
    ids = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        ids[slot] = oldIds[i];
      }
    }
  }

  private static long[] emptyKeys(int length) {
    long[] keys = new long[length];
    Arrays.fill(keys, EMPTY);
    return keys;
  }
}
