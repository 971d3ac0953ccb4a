package dev.athanor.data.ngram;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/// A part of a corpus as word ids, each sentence between BEGIN and END, whose n-grams are sorted and written as a run: by the words
/// before the last one, the nearest first, then by the last. A context ends at the sentence's BEGIN.
///
/// Positions are sorted, not n-grams: 8 bytes a word whatever the order. Multikey quicksort: Bentley and Sedgewick, "Fast algorithms
/// for sorting and searching strings", SODA 1997.
final class GramChunk {
  private static final int FEW = 12;

  private final int order;
  private final int capacity;
  private int[] words = new int[1 << 12];
  private int length;

  GramChunk(int order, int capacity) {
    this.order = order;
    this.capacity = capacity;
  }

  boolean hasRoom(int count) {
    return length + count <= capacity;
  }

  boolean isEmpty() {
    return length == 0;
  }

  void add(int word) {
    if (length == words.length) {
      words = Arrays.copyOf(words, (int) Math.min(capacity, 2L * length));
    }
    words[length++] = word;
  }

  /// Each record: how many words of the context are the same as before, the others, the last word, how often.
  void writeRun(Path file) throws IOException {
    int[] at = new int[length];
    int count = 0;
    for (int i = 0; i < length; i++) {
      if (words[i] != WordHash.BEGIN) {
        at[count++] = i;
      }
    }
    sort(at, 0, count, 0);
    try (Varints.Writer out = new Varints.Writer(file)) {
      int i = 0;
      int before = -1;
      while (i < count) {
        int same = i + 1;
        while (same < count && equal(at[i], at[same])) {
          same++;
        }
        write(out, before, at[i], same - i);
        before = at[i];
        i = same;
      }
    }
  }

  private void write(Varints.Writer out, int before, int position, int times) throws IOException {
    int context = contextLength(position);
    int shared = 0;
    if (before >= 0) {
      int most = Math.min(context, contextLength(before));
      while (shared < most && words[before - 1 - shared] == words[position - 1 - shared]) {
        shared++;
      }
    }
    out.put(shared);
    for (int d = shared; d < context; d++) {
      out.put(words[position - 1 - d]);
    }
    out.put(words[position]);
    out.put(times);
  }

  private int contextLength(int position) {
    int d = 0;
    while (d < order - 1) {
      d++;
      if (words[position - d] == WordHash.BEGIN) {
        break;
      }
    }
    return d;
  }

  private boolean equal(int a, int b) {
    if (words[a] != words[b]) {
      return false;
    }
    for (int d = 1; d < order; d++) {
      if (words[a - d] != words[b - d]) {
        return false;
      }
      if (words[a - d] == WordHash.BEGIN) {
        return true;
      }
    }
    return true;
  }

  /// The key at a depth; the positions that are compared at it share all keys before.
  private int key(int position, int depth) {
    return depth == order - 1 ? words[position] : words[position - 1 - depth];
  }

  private int deeper(int depth, int key) {
    return key == WordHash.BEGIN ? order - 1 : depth + 1;
  }

  private void sort(int[] at, int from, int to, int depth) {
    int low = from;
    int high = to;
    int d = depth;
    while (d < order && high - low > 1) {
      if (high - low <= FEW) {
        insertionSort(at, low, high, d);
        return;
      }
      int pivot = middleKey(at, low, high, d);
      int less = low;
      int more = high;
      int i = low;
      while (i < more) {
        int key = key(at[i], d);
        if (key < pivot) {
          swap(at, less++, i++);
        } else if (key > pivot) {
          swap(at, i, --more);
        } else {
          i++;
        }
      }
      sort(at, low, less, d);
      sort(at, more, high, d);
      low = less;
      high = more;
      d = deeper(d, pivot);
    }
  }

  private int middleKey(int[] at, int low, int high, int depth) {
    int step = (high - low) / 4;
    int a = key(at[low + step], depth);
    int b = key(at[low + 2 * step], depth);
    int c = key(at[high - step - 1], depth);
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private static void swap(int[] at, int i, int j) {
    int position = at[i];
    at[i] = at[j];
    at[j] = position;
  }

  private void insertionSort(int[] at, int low, int high, int depth) {
    for (int i = low + 1; i < high; i++) {
      int position = at[i];
      int j = i;
      while (j > low && compare(at[j - 1], position, depth) > 0) {
        at[j] = at[j - 1];
        j--;
      }
      at[j] = position;
    }
  }

  private int compare(int a, int b, int depth) {
    int d = depth;
    while (d < order) {
      int x = key(a, d);
      int y = key(b, d);
      if (x != y) {
        return Integer.compare(x, y);
      }
      d = deeper(d, x);
    }
    return 0;
  }
}
