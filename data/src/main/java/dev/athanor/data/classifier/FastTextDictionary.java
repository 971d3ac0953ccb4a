package dev.athanor.data.classifier;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The words and labels of a fastText model: words have the ids from 0, labels those after.
final class FastTextDictionary {
  private final byte[][] entries;
  private final int words;
  private final List<String> labels;
  private final long[] labelCounts;
  private final int[] slots;
  private final Map<Integer, Integer> pruned;
  private final boolean isPruned;

  /// @param entries their UTF-8 bytes, words first
  /// @param pruned the rows that were kept of the buckets, by bucket
  FastTextDictionary(byte[][] entries, int words, List<String> labels, long[] labelCounts, Map<Integer, Integer> pruned, boolean isPruned) {
    this.entries = entries;
    this.words = words;
    this.labels = List.copyOf(labels);
    this.labelCounts = labelCounts;
    this.pruned = Map.copyOf(pruned);
    this.isPruned = isPruned;
    slots = new int[Math.max(4, Integer.highestOneBit(Math.max(1, entries.length)) * 4)];
    Arrays.fill(slots, -1);
    for (int id = 0; id < entries.length; id++) {
      slots[slot(entries[id], 0, entries[id].length, FastTextModel.hash(entries[id], 0, entries[id].length))] = id;
    }
  }

  int words() {
    return words;
  }

  List<String> labels() {
    return labels;
  }

  long[] labelCounts() {
    return labelCounts.clone();
  }

  /// The id of a word or label, or −1.
  int find(byte[] bytes, int from, int to, int hash) {
    return slots[slot(bytes, from, to, hash)];
  }

  private int slot(byte[] bytes, int from, int to, int hash) {
    int mask = slots.length - 1;
    int slot = ((hash * 0x9E3779B9) >>> 7) & mask;
    while (slots[slot] >= 0 && !Arrays.equals(entries[slots[slot]], 0, entries[slots[slot]].length, bytes, from, to)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /// The row of the input matrix for a bucket of n-grams, or −1 where it was pruned.
  int bucketRow(int bucket) {
    if (!isPruned) {
      return words + bucket;
    }
    Integer kept = pruned.get(bucket);
    return kept == null ? -1 : words + kept;
  }
}
