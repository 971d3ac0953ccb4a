package dev.athanor.inference;

import java.util.Arrays;

/// How often tokens were drawn, and which were in the prompt: an open-addressing table, as large as the text and not as the
/// vocabulary.
final class TokenCounts {
  private int[] ids = filled(64);
  private int[] drawn = new int[64];
  private int size;

  private static int[] filled(int length) {
    int[] empty = new int[length];
    Arrays.fill(empty, -1);
    return empty;
  }

  /// A token of the prompt.
  void see(int id) {
    place(id);
  }

  void draw(int id) {
    // The table may grow: its place first.
    int place = place(id);
    drawn[place]++;
  }

  /// Places of the table; not all are in use.
  int places() {
    return ids.length;
  }

  /// The token at a place; −1: none.
  int id(int place) {
    return ids[place];
  }

  int drawn(int place) {
    return drawn[place];
  }

  private int place(int id) {
    int place = find(id);
    if (ids[place] < 0) {
      if (2 * (size + 1) > ids.length) {
        grow();
        place = find(id);
      }
      ids[place] = id;
      size++;
    }
    return place;
  }

  private int find(int id) {
    int mask = ids.length - 1;
    int place = ((id * 0x9E3779B9) >>> 7) & mask;
    while (ids[place] >= 0 && ids[place] != id) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void grow() {
    int[] oldIds = ids;
    int[] oldDrawn = drawn;
    ids = filled(2 * oldIds.length);
    drawn = new int[ids.length];
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] >= 0) {
        int place = find(oldIds[i]);
        ids[place] = oldIds[i];
        drawn[place] = oldDrawn[i];
      }
    }
  }
}
