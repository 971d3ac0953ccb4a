package dev.athanor.tokenizer;

import java.util.Arrays;

/// Pairs that wait to merge: the highest count first, of equal ones that with the smaller left id, then that with the smaller right id.
/// Counts are those at which pairs were put in.
final class PairHeap {
  private final PairCounts pairs;
  private long[] counts = new long[1 << 10];
  private int[] items = new int[1 << 10];
  private int size;

  PairHeap(PairCounts pairs) {
    this.pairs = pairs;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// The count of the first.
  long count() {
    return counts[0];
  }

  int first() {
    return items[0];
  }

  void add(int pair, long count) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (!comesBefore(pair, count, items[parent], counts[parent])) {
        break;
      }
      items[at] = items[parent];
      counts[at] = counts[parent];
      at = parent;
    }
    items[at] = pair;
    counts[at] = count;
  }

  void removeFirst() {
    size--;
    sink(items[size], counts[size]);
  }

  /// The first pair's count has fallen to this.
  void lowerFirst(long count) {
    sink(items[0], count);
  }

  private void sink(int pair, long count) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && comesBefore(items[child + 1], counts[child + 1], items[child], counts[child])) {
        child++;
      }
      if (!comesBefore(items[child], counts[child], pair, count)) {
        break;
      }
      items[at] = items[child];
      counts[at] = counts[child];
      at = child;
    }
    items[at] = pair;
    counts[at] = count;
  }

  private boolean comesBefore(int pair, long count, int other, long otherCount) {
    if (count != otherCount) {
      return count > otherCount;
    }
    int left = pairs.left(pair);
    int otherLeft = pairs.left(other);
    return left != otherLeft ? left < otherLeft : pairs.right(pair) < pairs.right(other);
  }
}
