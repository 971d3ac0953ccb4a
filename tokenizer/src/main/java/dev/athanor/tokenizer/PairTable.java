package dev.athanor.tokenizer;

import java.util.Arrays;

/// Numbers pairs of ids densely, in the order in which they first come: open addressing over one array of longs.
final class PairTable {
  private static final long FREE = -1;

  private long[] keys;
  private int[] numbers;
  private int size;

  PairTable(int expected) {
    int capacity = Integer.highestOneBit(Math.max(8, expected) * 2 - 1) * 2;
    keys = new long[capacity];
    numbers = new int[capacity];
    Arrays.fill(keys, FREE);
  }

  int size() {
    return size;
  }

  /// The pair's number, or -1.
  int find(int left, int right) {
    long key = key(left, right);
    int slot = slot(key);
    return keys[slot] == key ? numbers[slot] : -1;
  }

  /// The pair's number, a new one where it had none.
  int findOrAdd(int left, int right) {
    long key = key(left, right);
    int slot = slot(key);
    if (keys[slot] == key) {
      return numbers[slot];
    }
    if (size * 2 >= keys.length) {
      grow();
      slot = slot(key);
    }
    keys[slot] = key;
    numbers[slot] = size;
    return size++;
  }

  private static long key(int left, int right) {
    return ((long) left << 32) | right;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) ((mixed >>> 32) ^ (mixed >>> 52)) & mask;
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldNumbers = numbers;
    keys = new long[oldKeys.length * 2];
    numbers = new int[keys.length];
    Arrays.fill(keys, FREE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        numbers[slot] = oldNumbers[i];
      }
    }
  }
}
