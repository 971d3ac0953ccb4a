package dev.athanor.tokenizer;

import java.util.Arrays;

/// A growing array of ints, without boxes.
final class IntList {
  private int[] items;
  private int size;

  IntList(int capacity) {
    items = new int[Math.max(4, capacity)];
  }

  void add(int item) {
    reserve(1);
    items[size++] = item;
  }

  void addAll(int[] more) {
    addAll(more, more.length);
  }

  /// The first `count` of them.
  void addAll(int[] more, int count) {
    reserve(count);
    System.arraycopy(more, 0, items, size, count);
    size += count;
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  int get(int index) {
    return items[index];
  }

  int last() {
    return items[size - 1];
  }

  /// From an index on.
  int[] toArray(int from) {
    return Arrays.copyOfRange(items, from, size);
  }

  int[] toArray() {
    return Arrays.copyOf(items, size);
  }

  private void reserve(int more) {
    if (items.length - size < more) {
      items = Arrays.copyOf(items, Math.max(Math.addExact(size, more), (int) Math.min(items.length * 2L, Integer.MAX_VALUE - 8)));
    }
  }
}
