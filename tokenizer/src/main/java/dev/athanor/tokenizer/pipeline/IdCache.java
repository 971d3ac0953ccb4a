package dev.athanor.tokenizer.pipeline;

import org.jspecify.annotations.Nullable;

/// Remembers the ids of short pieces: a fixed number of places, where a newer piece takes the place of an older one. Races
/// between threads are harmless: an entry is immutable, and a lost one is computed again.
final class IdCache {
  private static final int PLACES = 1 << 14;
  private static final int LONGEST = 48;

  private record Entry(String piece, int[] ids) {}

  private final @Nullable Entry[] entries = new Entry[PLACES];

  static boolean keeps(String piece) {
    return piece.length() <= LONGEST;
  }

  int @Nullable [] get(String piece) {
    if (!keeps(piece)) {
      return null;
    }
    Entry entry = entries[place(piece)];
    return entry != null && entry.piece.equals(piece) ? entry.ids : null;
  }

  void put(String piece, int[] ids) {
    entries[place(piece)] = new Entry(piece, ids);
  }

  private static int place(String piece) {
    int hash = piece.hashCode() * 0x9E3779B9;
    return (hash ^ (hash >>> 16)) & (PLACES - 1);
  }
}
