package dev.athanor.data.contamination;

import java.util.Arrays;

/// Which items hold an n-gram, by its 64-bit hash: open addressing, at most half full, and a chain of items behind each hash. Items
/// are added in order. 40 bytes a gram about.
final class GramIndex {
  private static final int NONE = -1;

  private final int mostItems;
  private long[] keys = new long[1 << 10];
  private int[] heads = filled(1 << 10);
  private int[] sizes = new int[1 << 10];
  /// Eight bits a slot: an unset one says that a hash is not there, and most that are asked for are not. It fits in a nearer cache.
  private long[] bits = new long[1 << 7];
  private int used;
  private int[] items = new int[1 << 10];
  private int[] nexts = new int[1 << 10];
  private int entries;

  /// @param mostItems a gram that more items hold tells of none of them
  GramIndex(int mostItems) {
    this.mostItems = mostItems;
  }

  private static int[] filled(int size) {
    int[] heads = new int[size];
    Arrays.fill(heads, NONE);
    return heads;
  }

  void add(long hash, int item) {
    if (2 * used >= keys.length) {
      grow();
    }
    int slot = slot(hash);
    int head = heads[slot];
    if (head != NONE && (items[head] == item || sizes[slot] > mostItems)) {
      return;
    }
    if (head == NONE) {
      keys[slot] = hash;
      bits[word(hash)] |= 1L << hash;
      used++;
    }
    if (entries == items.length) {
      items = Arrays.copyOf(items, 2 * entries);
      nexts = Arrays.copyOf(nexts, 2 * entries);
    }
    items[entries] = item;
    nexts[entries] = head;
    heads[slot] = entries++;
    sizes[slot]++;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldHeads = heads;
    int[] oldSizes = sizes;
    keys = new long[Math.multiplyExact(2, oldKeys.length)];
    heads = filled(keys.length);
    sizes = new int[keys.length];
    bits = new long[keys.length / 8];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldHeads[i] != NONE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        bits[word(oldKeys[i])] |= 1L << oldKeys[i];
        heads[slot] = oldHeads[i];
        sizes[slot] = oldSizes[i];
      }
    }
  }

  private int slot(long hash) {
    int mask = keys.length - 1;
    int slot = (int) (hash >>> 32) & mask;
    while (heads[slot] != NONE && keys[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /// Of the bit that the lowest six bits of a hash choose.
  private int word(long hash) {
    return (int) (hash >>> 6) & (bits.length - 1);
  }

  boolean isEmpty() {
    return used == 0;
  }

  /// The first entry of a gram; negative where no item holds it or too many do.
  int first(long hash) {
    if ((bits[word(hash)] >>> hash & 1) == 0) {
      return NONE;
    }
    int slot = slot(hash);
    return sizes[slot] > mostItems ? NONE : heads[slot];
  }

  int item(int entry) {
    return items[entry];
  }

  /// The entry after this one; negative after the last.
  int next(int entry) {
    return nexts[entry];
  }

  /// Marks the items that some gram tells of.
  void mark(boolean[] told) {
    for (int slot = 0; slot < keys.length; slot++) {
      if (sizes[slot] <= mostItems) {
        for (int entry = heads[slot]; entry >= 0; entry = nexts[entry]) {
          told[items[entry]] = true;
        }
      }
    }
  }
}
