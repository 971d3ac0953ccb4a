package dev.athanor.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

  private final PairTable ranks;
  private final int[] lefts;
  private final int[] rights;

  /// The rank of the merge that makes a token: -1 for those that are there from the beginning, [#NEVER] for those that are never made.
  private final int[] made;

  private Derivations(PairTable ranks, int size) {
    this.ranks = ranks;
    lefts = new int[size];
    rights = new int[size];
    made = new int[size];
    Arrays.fill(made, NEVER);
  }

  /// @param ranks numbers the merges
  /// @param merged the id that each merge makes
  /// @param beginnings ids that are there before any merge
  /// @param size ids are below it
  /// @return null where a merge comes before one that makes a part of it
  static @Nullable Derivations of(
      PairTable ranks, int[] mergeLefts, int[] mergeRights, int[] merged, int[] beginnings, int size) {
    Derivations all = new Derivations(ranks, size);
    for (int id : beginnings) {
      if (id != NONE) {
        all.made[id] = NONE;
      }
    }
    for (int rank = 0; rank < merged.length; rank++) {
      int left = mergeLefts[rank];
      int right = mergeRights[rank];
      boolean ready = all.isMade(left) && all.isMade(right);
      if (ready && !all.isMade(merged[rank]) && all.neighbours(left, right, rank)) {
        all.lefts[merged[rank]] = left;
        all.rights[merged[rank]] = right;
        all.made[merged[rank]] = rank;
      }
    }
    for (int rank = 0; rank < merged.length; rank++) {
      if (all.comesBefore(rank, mergeLefts[rank]) || all.comesBefore(rank, mergeRights[rank])) {
        return null;
      }
    }
    return all;
  }

  /// Whether a merge is listed before the one that makes this part of it.
  private boolean comesBefore(int rank, int part) {
    return isMade(part) && made[part] > rank;
  }

  /// Whether any text's encoding holds the token: then its bytes alone are encoded as that token.
  boolean isMade(int id) {
    return made[id] != NEVER;
  }

  /// Whether the encoding of the two tokens' bytes is these two tokens.
  boolean neighbours(int left, int right) {
    return neighbours(left, right, NEVER);
  }

  /// @param before merges from this rank on are left out
  private boolean neighbours(int left, int right, int before) {
    int leftTaken = before;
    int rightTaken = before;
    while (true) {
      int crossing = ranks.find(left, right);
      // Of equal merges the leftmost comes first: one that takes the left part away begins further left, one that takes the right does not.
      if (crossing != NONE && crossing < leftTaken && crossing <= rightTaken) {
        return false;
      }
      int leftMade = made[left];
      int rightMade = made[right];
      if (leftMade == NONE && rightMade == NONE) {
        return true;
      }
      if (rightMade >= leftMade) {
        rightTaken = rightMade;
        right = lefts[right];
      } else {
        leftTaken = leftMade;
        left = rights[left];
      }
    }
  }
}
