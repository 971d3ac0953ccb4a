package dev.athanor.tokenizer;

import org.jspecify.annotations.Nullable;

/// Remembers the ids of short pieces: a fixed number of places, where a newer piece takes the place of an older one. Races
/// between threads are harmless: an entry is immutable, and a lost one is computed again.
final class PieceCache {
  private static final int PLACES = 1 << 16;
  private static final int LONGEST = 20;

  /// From here on scripts put no spaces between words: their pieces seldom come again.
  private static final char DENSE = 0x2E80;

  private record Entry(String piece, int[] ids) {}

  private final @Nullable Entry[] entries = new Entry[PLACES];

  /// Where the piece would stand, or -1 when it is not worth keeping.
  static int place(String text, int start, int end) {
    if (end - start > LONGEST || text.charAt(end - 1) >= DENSE) {
      return -1;
    }
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = hash * 0x01000193 + text.charAt(i);
    }
    hash *= 0x9E3779B9;
    return (hash ^ (hash >>> 16)) & (PLACES - 1);
  }

  int @Nullable [] get(int place, String text, int start, int end) {
    Entry entry = entries[place];
    return entry != null
            && entry.piece.length() == end - start
            && text.startsWith(entry.piece, start)
        ? entry.ids
        : null;
  }

  void put(int place, String piece, int[] ids) {
    entries[place] = new Entry(piece, ids);
  }
}
