package dev.athanor.tokenizer.pipeline;

import java.util.Arrays;

/// The tokens of one piece while they merge: a list of ids with the end of each in the piece, linked so that neighbours merge
/// in place. The pair with the least rank goes first, its leftmost occurrence before others; candidates wait in a heap, so
/// that a piece of any length takes n log n.
final class Symbols {
  private static final int NONE = -1;

  private int[] ids;
  private int[] starts;
  private int[] ends;
  private int[] next = new int[0];
  private int[] previous = new int[0];
  private int size;
  private long[] heap = new long[0];
  private int waiting;

  Symbols(int expected) {
    ids = new int[Math.max(8, expected)];
    starts = new int[ids.length];
    ends = new int[ids.length];
  }

  void add(int id, int start, int end) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, size * 2);
      starts = Arrays.copyOf(starts, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    ids[size] = id;
    starts[size] = start;
    ends[size++] = end;
  }

  void merge(MergeTable merges) {
    next = new int[size];
    previous = new int[size];
    heap = new long[Math.max(4, size)];
    for (int i = 0; i < size; i++) {
      next[i] = i + 1 < size ? i + 1 : NONE;
      previous[i] = i - 1;
      offer(merges, i);
    }
    while (waiting > 0) {
      long candidate = poll();
      int left = (int) candidate;
      int right = next[left];
      int slot = ids[left] == NONE || right == NONE ? NONE : merges.find(ids[left], ids[right]);
      // A candidate is out of date when either side has merged since.
      if (slot == NONE || merges.rank(slot) != (int) (candidate >>> 32)) {
        continue;
      }
      ids[left] = merges.result(slot);
      ends[left] = ends[right];
      ids[right] = NONE;
      next[left] = next[right];
      if (next[left] != NONE) {
        previous[next[left]] = left;
      }
      offer(merges, left);
      if (previous[left] != NONE) {
        offer(merges, previous[left]);
      }
    }
  }

  void giveTo(Model.Sink sink) {
    for (int i = 0; i < size; i++) {
      if (ids[i] != NONE) {
        sink.token(ids[i], starts[i], ends[i]);
      }
    }
  }

  private void offer(MergeTable merges, int left) {
    if (next[left] == NONE) {
      return;
    }
    int slot = merges.find(ids[left], ids[next[left]]);
    if (slot != NONE) {
      add(((long) merges.rank(slot) << 32) | left);
    }
  }

  private void add(long candidate) {
    if (waiting == heap.length) {
      heap = Arrays.copyOf(heap, waiting * 2);
    }
    int at = waiting++;
    while (at > 0 && heap[(at - 1) >>> 1] > candidate) {
      heap[at] = heap[(at - 1) >>> 1];
      at = (at - 1) >>> 1;
    }
    heap[at] = candidate;
  }

  private long poll() {
    long least = heap[0];
    long last = heap[--waiting];
    int at = 0;
    for (int child = 1; child < waiting; child = 2 * at + 1) {
      if (child + 1 < waiting && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= last) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return least;
  }
}
