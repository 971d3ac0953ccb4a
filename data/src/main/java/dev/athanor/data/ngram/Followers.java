package dev.athanor.data.ngram;

import java.util.Arrays;

/// The words after one context, each with two counts. Words may come in any order and again; [#sort] brings them together. Holds
/// no more than about twice the distinct words.
final class Followers {
  private int[] words = new int[16];
  private long[] adjusted = new long[16];
  private long[] actual = new long[16];
  private int size;
  private boolean sorted = true;

  int size() {
    return size;
  }

  int word(int i) {
    return words[i];
  }

  long adjusted(int i) {
    return adjusted[i];
  }

  long actual(int i) {
    return actual[i];
  }

  void clear() {
    size = 0;
    sorted = true;
  }

  void add(int word, long adjustedCount, long actualCount) {
    if (size == words.length) {
      sort();
      if (2 * size > words.length) {
        int room = Math.max(size + 1, Math.toIntExact(Math.min(Integer.MAX_VALUE - 16L, 2L * words.length)));
        words = Arrays.copyOf(words, room);
        adjusted = Arrays.copyOf(adjusted, room);
        actual = Arrays.copyOf(actual, room);
      }
    }
    sorted &= size == 0 || words[size - 1] < word;
    words[size] = word;
    adjusted[size] = adjustedCount;
    actual[size++] = actualCount;
  }

  /// By word, each once.
  void sort() {
    if (sorted) {
      return;
    }
    long[] order = new long[size];
    for (int i = 0; i < size; i++) {
      order[i] = (long) words[i] << 32 | i;
    }
    Arrays.sort(order);
    int[] newWords = new int[words.length];
    long[] newAdjusted = new long[words.length];
    long[] newActual = new long[words.length];
    int last = -1;
    for (long entry : order) {
      int from = (int) entry;
      if (last < 0 || newWords[last] != words[from]) {
        newWords[++last] = words[from];
      }
      newAdjusted[last] += adjusted[from];
      newActual[last] += actual[from];
    }
    words = newWords;
    adjusted = newAdjusted;
    actual = newActual;
    size = last + 1;
    sorted = true;
  }
}
