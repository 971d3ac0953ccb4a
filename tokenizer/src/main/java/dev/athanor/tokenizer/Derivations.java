package dev.athanor.tokenizer;

import java.util.Optional;

/// Which merge makes each token when its bytes are encoded alone, and with that, which tokens can stand side by side in an encoding.
///
/// Merging is local: as long as no merge crosses the boundary between two tokens, the bytes of each merge as they do alone. So ids are
/// *the* encoding of their bytes exactly when no merge crosses a boundary, which each two neighbours tell by themselves: going back
/// through the merges that made the left one's end and the right one's beginning, latest first, no two parts that were there at the same
/// time may have a merge that would have come before the merge that took one of them away.
///
/// That holds where every merge comes after those that made its parts, as in every trained list; [#of] says where it does not.
final class Derivations {
  private static final int NONE = -1;
  private static final int NEVER = Integer.MAX_VALUE;

  private static final int MADE = 0;
  private static final int LEFT = 1;
  private static final int RIGHT = 2;
  private static final int ENTRY = 4;

  private final PairTable ranks;

  /// Four ints a token, so that one look at memory brings all: the rank of the merge that makes it (-1 where it is there from the
  /// beginning, [#NEVER] where it is never made), that merge's left and right part, nothing.
  private final int[] entries;

  /// A bit for each merge, where its parts' hash falls: most pairs that are asked for have no merge, which this tells from little memory.
  private final long[] filter;

  private Derivations(PairTable ranks, int size) {
    this.ranks = ranks;
    entries = new int[size * ENTRY];
    for (int id = 0; id < size; id++) {
      entries[id * ENTRY + MADE] = NEVER;
    }
    filter = new long[Integer.highestOneBit(Math.max(64, ranks.size())) / 2];
  }

  /// @param ranks numbers the merges
  /// @param merged the id that each merge makes
  /// @param beginnings ids that are there before any merge
  /// @param size ids are below it
  /// @return empty where a merge comes before one that makes a part of it
  static Optional<Derivations> of(
      PairTable ranks, int[] mergeLefts, int[] mergeRights, int[] merged, int[] beginnings, int size) {
    Derivations all = new Derivations(ranks, size);
    for (int id : beginnings) {
      if (id != NONE) {
        all.entries[id * ENTRY + MADE] = NONE;
      }
    }
    for (int rank = 0; rank < merged.length; rank++) {
      int bit = all.bit(mergeLefts[rank], mergeRights[rank]);
      all.filter[bit >> 6] |= 1L << bit;
    }
    for (int rank = 0; rank < merged.length; rank++) {
      int left = mergeLefts[rank];
      int right = mergeRights[rank];
      boolean ready = all.isMade(left) && all.isMade(right);
      if (ready && !all.isMade(merged[rank]) && all.neighbours(left, right, rank)) {
        int entry = merged[rank] * ENTRY;
        all.entries[entry + MADE] = rank;
        all.entries[entry + LEFT] = left;
        all.entries[entry + RIGHT] = right;
      }
    }
    for (int rank = 0; rank < merged.length; rank++) {
      if (all.comesBefore(rank, mergeLefts[rank]) || all.comesBefore(rank, mergeRights[rank])) {
        return Optional.empty();
      }
    }
    return Optional.of(all);
  }

  /// Whether a merge is listed before the one that makes this part of it.
  private boolean comesBefore(int rank, int part) {
    return isMade(part) && entries[part * ENTRY + MADE] > rank;
  }

  /// Whether any text's encoding holds the token: then its bytes alone are encoded as that token.
  boolean isMade(int id) {
    return entries[id * ENTRY + MADE] != NEVER;
  }

  /// Whether the encoding of the two tokens' bytes is these two tokens.
  boolean neighbours(int left, int right) {
    return neighbours(left, right, NEVER);
  }

  /// @param before merges from this rank on are left out
  private boolean neighbours(int leftToken, int rightToken, int before) {
    int left = leftToken;
    int right = rightToken;
    int leftTaken = before;
    int rightTaken = before;
    while (true) {
      int crossing = rank(left, right);
      // Of equal merges the leftmost comes first: one that takes the left part away begins further left, one that takes the right does not.
      if (crossing != NONE && crossing < leftTaken && crossing <= rightTaken) {
        return false;
      }
      int leftMade = entries[left * ENTRY + MADE];
      int rightMade = entries[right * ENTRY + MADE];
      if (leftMade == NONE && rightMade == NONE) {
        return true;
      }
      if (rightMade >= leftMade) {
        rightTaken = rightMade;
        right = entries[right * ENTRY + LEFT];
      } else {
        leftTaken = leftMade;
        left = entries[left * ENTRY + RIGHT];
      }
    }
  }

  private int rank(int left, int right) {
    int bit = bit(left, right);
    return (filter[bit >> 6] & (1L << bit)) == 0 ? NONE : ranks.find(left, right);
  }

  private int bit(int left, int right) {
    long mixed = (((long) left << 32) | right) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 33) & (filter.length * Long.SIZE - 1);
  }
}
