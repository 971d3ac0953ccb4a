package dev.athanor.tokenizer;

import org.jspecify.annotations.Nullable;

/// How often each distinct piece comes: open addressing that compares with the text in place, so that only the first
/// occurrence of a piece makes an object.
final class PieceCounts implements PreTokenizer.Pieces, CountedPieces {

  private @Nullable String[] pieces = new String[1 << 14];
  private int[] hashes = new int[1 << 14];
  private long[] counts = new long[1 << 14];
  private int size;

  int size() {
    return size;
  }

  @Override
  public void accept(String text, int start, int end) {
    add(text, start, end, 1);
  }

  void addAll(PieceCounts other) {
    other.forEach((piece, count) -> add(piece, 0, piece.length(), count));
  }

  @Override
  public void forEach(Visitor visitor) {
    for (int i = 0; i < pieces.length; i++) {
      String piece = pieces[i];
      if (piece != null) {
        visitor.visit(piece, counts[i]);
      }
    }
  }

  private void add(String text, int start, int end, long count) {
    int hash = hash(text, start, end);
    int mask = pieces.length - 1;
    int slot = hash & mask;
    for (String piece = pieces[slot]; piece != null; piece = pieces[slot]) {
      if (hashes[slot] == hash && piece.length() == end - start && text.startsWith(piece, start)) {
        counts[slot] += count;
        return;
      }
      slot = (slot + 1) & mask;
    }
    pieces[slot] = text.substring(start, end);
    hashes[slot] = hash;
    counts[slot] = count;
    if (++size * 2 > pieces.length) {
      grow();
    }
  }

  private static int hash(String text, int start, int end) {
    int hash = end - start;
    for (int i = start; i < end; i++) {
      hash = hash * 31 + text.charAt(i);
    }
    hash *= 0x9E3779B9;
    return hash ^ (hash >>> 15);
  }

  private void grow() {
    @Nullable String[] oldPieces = pieces;
    int[] oldHashes = hashes;
    long[] oldCounts = counts;
    pieces = new String[oldPieces.length * 2];
    hashes = new int[pieces.length];
    counts = new long[pieces.length];
    int mask = pieces.length - 1;
    for (int i = 0; i < oldPieces.length; i++) {
      if (oldPieces[i] != null) {
        int slot = oldHashes[i] & mask;
        while (pieces[slot] != null) {
          slot = (slot + 1) & mask;
        }
        pieces[slot] = oldPieces[i];
        hashes[slot] = oldHashes[i];
        counts[slot] = oldCounts[i];
      }
    }
  }
}
