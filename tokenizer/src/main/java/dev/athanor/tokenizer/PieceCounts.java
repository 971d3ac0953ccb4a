package dev.athanor.tokenizer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How often each distinct piece comes: open addressing that compares with the text in place, so that only the first
/// occurrence of a piece makes an object.
final class PieceCounts implements PreTokenizer.Pieces, CountedPieces {

  private static final int LEAST = 1 << 14;

  /// A reference, a hash and a count.
  private static final int BYTES_PER_SLOT = 16;

  /// A string and its array, without the chars.
  private static final int BYTES_PER_PIECE = 40;

  private @Nullable String[] pieces = new String[LEAST];
  private int[] hashes = new int[LEAST];
  private long[] counts = new long[LEAST];
  private int size;
  private long chars;

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

  /// By the pieces' chars, so that runs of them can be merged.
  void forEachSorted(Visitor visitor) {
    Integer[] order = IntStream.range(0, pieces.length).filter(i -> pieces[i] != null).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparing(this::piece));
    for (int i : order) {
      visitor.visit(piece(i), counts[i]);
    }
  }

  private String piece(int slot) {
    return Objects.requireNonNull(pieces[slot], "an empty slot");
  }

  /// About what they take of the heap.
  long bytes() {
    return pieces.length * (long) BYTES_PER_SLOT + size * (long) BYTES_PER_PIECE + chars * 2;
  }

  void clear() {
    pieces = new String[LEAST];
    hashes = new int[LEAST];
    counts = new long[LEAST];
    size = 0;
    chars = 0;
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
    chars += end - start;
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
