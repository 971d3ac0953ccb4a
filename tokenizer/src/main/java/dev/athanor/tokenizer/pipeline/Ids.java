package dev.athanor.tokenizer.pipeline;

import java.util.Arrays;

/// Ids as they come.
final class Ids implements Model.Sink {
  private int[] ids;
  private int size;

  Ids(int capacity) {
    ids = new int[Math.max(4, capacity)];
  }

  @Override
  public void token(int id, int start, int end) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, (int) Math.min(size * 2L, Integer.MAX_VALUE - 8));
    }
    ids[size++] = id;
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
