package dev.athanor.tokenizer.pipeline;

import java.util.Arrays;

/// Strings by their chars: states are numbers, a step is a lookup by state and char in one open table.
final class Trie {
  static final int NONE = -1;
  static final int ROOT = 0;
  private static final long FREE = -1;

  private long[] keys = new long[64];
  private int[] targets = new int[64];
  private int[] values = new int[32];
  private int states = 1;

  Trie() {
    Arrays.fill(keys, FREE);
    Arrays.fill(values, NONE);
  }

  /// @param value at least 0; a later one takes an earlier one's place
  void put(String key, int value) {
    int state = ROOT;
    for (int i = 0; i < key.length(); i++) {
      state = stepOrAdd(state, key.charAt(i));
    }
    values[state] = value;
  }

  /// The state after one more char, or [#NONE].
  int step(int state, char c) {
    int slot = slot(keys, key(state, c));
    return keys[slot] == FREE ? NONE : targets[slot];
  }

  /// The value of the string that ends in a state, or [#NONE].
  int value(int state) {
    return values[state];
  }

  private int stepOrAdd(int state, char c) {
    long key = key(state, c);
    int slot = slot(keys, key);
    if (keys[slot] != FREE) {
      return targets[slot];
    }
    if (states * 2 >= keys.length) {
      grow();
      slot = slot(keys, key);
    }
    if (states == values.length) {
      values = Arrays.copyOf(values, states * 2);
      Arrays.fill(values, states, values.length, NONE);
    }
    keys[slot] = key;
    targets[slot] = states;
    return states++;
  }

  private static long key(int state, char c) {
    return ((long) state << 16) | c;
  }

  private static int slot(long[] keys, long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) ((mixed >>> 32) ^ (mixed >>> 52)) & mask;
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] newKeys = new long[keys.length * 2];
    int[] newTargets = new int[newKeys.length];
    Arrays.fill(newKeys, FREE);
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != FREE) {
        int slot = slot(newKeys, keys[i]);
        newKeys[slot] = keys[i];
        newTargets[slot] = targets[i];
      }
    }
    keys = newKeys;
    targets = newTargets;
  }
}
