package dev.athanor.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/// Encodes pieces without merging. From the left, the longest token that may follow the one before is taken, a shorter one where that
/// leads nowhere, and the one before is taken back where none is left. A beginning of the piece has one encoding, so a place that led
/// nowhere once never leads anywhere: the search is linear in the piece's length, whatever it holds.
final class TokenSearch {
  /// Room to search in, for one thread.
  static final class Scratch {
    private int[] ids = new int[0];
    /// A bit for each place, the piece's end included.
    private long[] dead = new long[0];

    private void reserve(int length) {
      if (ids.length < length) {
        int room = Math.max(256, length);
        ids = new int[room];
        dead = new long[(room >> 6) + 1];
      }
    }
  }

  private final Derivations derivations;
  private final TokenTrie trie;
  private final int[] lengths;

  private TokenSearch(Derivations derivations, byte[][] tokens) {
    this.derivations = derivations;
    byte[][] reached = tokens.clone();
    for (int id = 0; id < reached.length; id++) {
      reached[id] = derivations.isMade(id) ? reached[id] : new byte[0];
    }
    trie = new TokenTrie(reached);
    lengths = Arrays.stream(reached).mapToInt(token -> token.length).toArray();
  }

  /// Empty for lists of merges out of order: there no two tokens tell by themselves whether they may stand side by side.
  ///
  /// @param ranks numbers the model's merges
  /// @param merged the id that each makes
  static Optional<TokenSearch> of(BpeModel model, PairTable ranks, int[] merged, int[] idOfByte) {
    return Derivations.of(ranks, model.mergeLefts(), model.mergeRights(), merged, idOfByte, model.tokens().length)
        .map(derivations -> new TokenSearch(derivations, model.tokens()));
  }

  /// @param piece at least a byte, each of which has a token
  void encode(byte[] piece, int length, IntList out, Scratch scratch) {
    scratch.reserve(length);
    int[] ids = scratch.ids;
    long[] dead = scratch.dead;
    Arrays.fill(dead, 0, (length >> 6) + 1, 0);
    int n = 0;
    int at = 0;
    int id = trie.longest(piece, 0, length);
    while (true) {
      int end = at + lengths[id];
      boolean open = (dead[end >> 6] & (1L << end)) == 0;
      if (open && (n == 0 || derivations.neighbours(ids[n - 1], id))) {
        ids[n++] = id;
        if (end == length) {
          out.addAll(ids, n);
          return;
        }
        at = end;
        id = trie.longest(piece, at, length);
        continue;
      }
      id = trie.shorter(id);
      while (id == TokenTrie.NONE) {
        dead[at >> 6] |= 1L << at;
        int last = ids[--n];
        at -= lengths[last];
        id = trie.shorter(last);
      }
    }
  }
}
