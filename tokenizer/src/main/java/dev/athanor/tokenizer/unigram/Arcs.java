package dev.athanor.tokenizer.unigram;

import java.util.Arrays;

/// All places of pieces in one stretch of symbols, by where they begin, shorter ones first. Used again for one word after another.
final class Arcs {
  private int[] firsts = new int[64];
  private int[] ends = new int[256];
  private int[] pieces = new int[256];
  private int size;

  void read(PieceTrie trie, char[] symbols, int start, int length) {
    if (firsts.length <= length) {
      firsts = new int[length * 2];
    }
    size = 0;
    for (int i = 0; i < length; i++) {
      firsts[i] = size;
      int node = PieceTrie.ROOT;
      for (int j = i; j < length; ) {
        node = trie.child(node, symbols[start + j++]);
        if (node < 0) {
          break;
        }
        int piece = trie.value(node);
        if (piece >= 0) {
          add(j, piece);
        }
      }
    }
    firsts[length] = size;
  }

  private void add(int end, int piece) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
      pieces = Arrays.copyOf(pieces, size * 2);
    }
    ends[size] = end;
    pieces[size++] = piece;
  }

  int size() {
    return size;
  }

  /// The first arc from a position on; that of the length is the number of arcs.
  int first(int position) {
    return firsts[position];
  }

  int end(int arc) {
    return ends[arc];
  }

  int piece(int arc) {
    return pieces[arc];
  }
}
