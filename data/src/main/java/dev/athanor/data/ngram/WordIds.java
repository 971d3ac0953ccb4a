package dev.athanor.data.ngram;

/// Words by their hashes, numbered from 0 in the order in which they came. Open addressing, at most two thirds full: 18 bytes a
/// word and more while it grows.
final class WordIds {
  private long[] hashes = new long[1 << 12];
  private int[] ids = new int[1 << 12];
  private int size;

  int size() {
    return size;
  }

  /// The word's id, or −1.
  int find(long hash) {
    int slot = slot(hash);
    return hashes[slot] == 0 ? -1 : ids[slot];
  }

  /// A new word gets the id `size()`.
  int add(long hash) {
    int slot = slot(hash);
    if (hashes[slot] != 0) {
      return ids[slot];
    }
    hashes[slot] = hash;
    ids[slot] = size++;
    int id = ids[slot];
    if (3L * size > 2L * hashes.length) {
      grow();
    }
    return id;
  }

  /// The hashes by id.
  long[] byId() {
    long[] all = new long[size];
    for (int i = 0; i < hashes.length; i++) {
      if (hashes[i] != 0) {
        all[ids[i]] = hashes[i];
      }
    }
    return all;
  }

  private int slot(long hash) {
    int mask = hashes.length - 1;
    int slot = (int) hash & mask;
    while (hashes[slot] != 0 && hashes[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldIds = ids;
    hashes = new long[oldHashes.length * 2];
    ids = new int[hashes.length];
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldHashes[i] != 0) {
        int slot = slot(oldHashes[i]);
        hashes[slot] = oldHashes[i];
        ids[slot] = oldIds[i];
      }
    }
  }
}
