package dev.athanor.data.spill;

import dev.athanor.data.flow.PairSort;
import java.util.ArrayList;
import java.util.List;

/// Reads several sorted runs as one: a binary heap of the runs by the pair that each stands at.
final class Merge implements AutoCloseable {
  private final List<SortedRun.Reader> opened = new ArrayList<>();
  private final SortedRun.Reader[] heap;
  private int size;

  Merge(List<SortedRun> runs, int blockPairs) {
    heap = new SortedRun.Reader[runs.size()];
    try {
      for (SortedRun run : runs) {
        var reader = new SortedRun.Reader(run, blockPairs);
        opened.add(reader);
        if (reader.advance()) {
          heap[size++] = reader;
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  void forEach(PairSort.Reader reader) {
    while (size > 0) {
      SortedRun.Reader least = heap[0];
      reader.read(least.key(), least.value());
      if (!least.advance()) {
        heap[0] = heap[--size];
      }
      sink(0);
    }
  }

  private void sink(int from) {
    SortedRun.Reader moving = heap[from];
    int at = from;
    for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && after(heap[child], heap[child + 1])) {
        child++;
      }
      if (!after(moving, heap[child])) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moving;
  }

  private static boolean after(SortedRun.Reader one, SortedRun.Reader other) {
    return RadixSort.after(one.key(), one.value(), other.key(), other.value());
  }

  @Override
  public void close() {
    opened.forEach(SortedRun.Reader::close);
  }
}
