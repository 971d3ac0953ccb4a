package dev.athanor.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import org.jspecify.annotations.Nullable;

/// Sorts suffixes of a text of 16-bit symbols by their first symbols: three-way radix quicksort (Bentley and Sedgewick 1997,
/// "Fast Algorithms for Sorting and Searching Strings"). Symbol 0 ends a suffix. Suffixes are told apart to a given depth only:
/// whoever asks for no longer substring needs no longer order, and time stays n log n plus n times that depth in the worst case.
public final class SymbolSort {
  private static final int SMALL = 12;
  private static final int FORK = 1 << 13;

  private final char[] text;
  private final int[] positions;
  private final int depth;

  private SymbolSort(char[] text, int[] positions, int depth) {
    this.text = text;
    this.positions = positions;
    this.depth = depth;
  }

  /// @param positions where the suffixes begin, in any order; sorted in place
  /// @param depth symbols that count
  public static void sort(char[] text, int[] positions, int depth, int threads) {
    SymbolSort sort = new SymbolSort(text, positions, depth);
    if (threads == 1 || positions.length < FORK) {
      sort.range(0, positions.length, 0, null);
      return;
    }
    try (ForkJoinPool pool = new ForkJoinPool(threads)) {
      pool.invoke(sort.new Part(0, positions.length, 0));
    }
  }

  private final class Part extends RecursiveAction {
    private static final long serialVersionUID = 1L;
    private final int from;
    private final int to;
    private final int at;

    Part(int from, int to, int at) {
      this.from = from;
      this.to = to;
      this.at = at;
    }

    @Override
    protected void compute() {
      List<Part> parts = new ArrayList<>();
      range(from, to, at, parts);
      parts.forEach(Part::join);
    }
  }

  /// @param parts where tasks that were forked are noted; null where all is to be done here
  private void range(int from, int to, int at, @Nullable List<Part> parts) {
    int lo = from;
    int hi = to;
    int d = at;
    while (hi - lo > SMALL && d < depth) {
      int pivot = pivot(lo, hi, d);
      int less = lo;
      int greater = hi;
      for (int i = lo; i < greater; ) {
        int symbol = text[positions[i] + d];
        if (symbol < pivot) {
          swap(less++, i++);
        } else if (symbol > pivot) {
          swap(i, --greater);
        } else {
          i++;
        }
      }
      part(lo, less, d, parts);
      part(greater, hi, d, parts);
      if (pivot == 0) {
        return;
      }
      lo = less;
      hi = greater;
      d++;
    }
    insert(lo, hi, d);
  }

  private void part(int lo, int hi, int d, @Nullable List<Part> parts) {
    if (hi - lo < 2) {
      return;
    }
    if (parts != null && hi - lo >= FORK) {
      Part part = new Part(lo, hi, d);
      part.fork();
      parts.add(part);
    } else {
      range(lo, hi, d, parts);
    }
  }

  private void insert(int lo, int hi, int d) {
    for (int i = lo + 1; i < hi; i++) {
      int position = positions[i];
      int j = i;
      while (j > lo && less(position, positions[j - 1], d)) {
        positions[j] = positions[j - 1];
        j--;
      }
      positions[j] = position;
    }
  }

  private boolean less(int a, int b, int from) {
    for (int d = from; d < depth; d++) {
      char left = text[a + d];
      char right = text[b + d];
      if (left != right) {
        return left < right;
      }
      if (left == 0) {
        return false;
      }
    }
    return false;
  }

  private int pivot(int lo, int hi, int d) {
    int mid = (lo + hi) >>> 1;
    if (hi - lo < 200) {
      return median(symbol(lo, d), symbol(mid, d), symbol(hi - 1, d));
    }
    int step = (hi - lo) >>> 3;
    return median(
        median(symbol(lo, d), symbol(lo + step, d), symbol(lo + 2 * step, d)),
        median(symbol(mid - step, d), symbol(mid, d), symbol(mid + step, d)),
        median(symbol(hi - 1 - 2 * step, d), symbol(hi - 1 - step, d), symbol(hi - 1, d)));
  }

  private int symbol(int index, int d) {
    return text[positions[index] + d];
  }

  private static int median(int a, int b, int c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private void swap(int a, int b) {
    int kept = positions[a];
    positions[a] = positions[b];
    positions[b] = kept;
  }
}
