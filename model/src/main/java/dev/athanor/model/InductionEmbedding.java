package dev.athanor.model;

import java.util.List;

/// What followed the last n tokens where they last stood before in the sequence, added to each token's embedding:
/// `x += proj · [E(f₁); E(f₂); …]`, where fₙ is that follower, E the token embedding, and a row of zeros where the n-gram is new.
///
/// Attention has to learn in two layers to look for such a place and to copy from behind it; here a small model has it from its first
/// step, for a comparison of ids. It is the n-gram head of Akyürek et al., https://arxiv.org/abs/2401.12973, at the embedding.
///
/// @param orders the n of each, rising, from 1
public record InductionEmbedding(List<Integer> orders) {
  /// No such place.
  public static final int NONE = -1;

  private static final int LONGEST = 16;

  public InductionEmbedding {
    orders = List.copyOf(orders);
    if (orders.isEmpty()) {
      throw new IllegalArgumentException("an induction embedding needs an order");
    }
    int before = 0;
    for (int order : orders) {
      if (order <= before || order > LONGEST) {
        throw new IllegalArgumentException("the orders of induction rise from 1 to at most " + LONGEST + ", unlike " + orders);
      }
      before = order;
    }
  }

  /// The token behind the latest earlier occurrence of the `order` tokens that end at a position. Never a later token: the
  /// occurrence ends before the position, so what follows it is at the position at the latest.
  ///
  /// @param from where the sequence begins in the ids
  /// @return its id, or [#NONE]
  public static int follower(int[] ids, int from, int position, int order) {
    for (int end = position - 1; end >= from + order - 1; end--) {
      if (equal(ids, end, position, order)) {
        return ids[end + 1];
      }
    }
    return NONE;
  }

  private static boolean equal(int[] ids, int a, int b, int order) {
    for (int i = 0; i < order; i++) {
      if (ids[a - i] != ids[b - i]) {
        return false;
      }
    }
    return true;
  }
}
