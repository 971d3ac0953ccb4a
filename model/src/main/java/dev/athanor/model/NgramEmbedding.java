package dev.athanor.model;

import java.util.List;
import java.util.function.IntUnaryOperator;

/// Vectors for the last two, three, … tokens together, added to the token's own embedding: `x += proj · [t₂; t₃; …]`, where tₙ is a
/// row of the n-grams' table, found by a hash of their ids. A table costs memory and hardly any arithmetic, so that a model too
/// small to learn which names follow one another can look it up. N-grams that share a row share its vector.
///
/// After hash embeddings (Svenstrup et al., https://arxiv.org/abs/1709.03933) and over-tokenized inputs (Huang et al.,
/// https://arxiv.org/abs/2501.16975).
///
/// @param orders the n of each table, rising, from 2
/// @param rows of each table
/// @param dim of each row
public record NgramEmbedding(List<Integer> orders, int rows, int dim) {
  private static final int LONGEST = 8;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  public NgramEmbedding {
    orders = List.copyOf(orders);
    if (orders.isEmpty() || rows < 1 || dim < 1) {
      throw new IllegalArgumentException("an n-gram embedding needs an order, rows and a dimension");
    }
    int before = 1;
    for (int order : orders) {
      if (order <= before || order > LONGEST) {
        throw new IllegalArgumentException("the orders of n-grams rise from 2 to at most " + LONGEST + ", unlike " + orders);
      }
      before = order;
    }
  }

  /// Of all tables together.
  public int width() {
    return orders.size() * dim;
  }

  public long tableParameters() {
    return (long) orders.size() * rows * dim;
  }

  /// The row of the n-gram that ends at a position.
  ///
  /// @param idAt from a position of the sequence to its token id; places before the first count as one more token of their own
  public int row(int order, IntUnaryOperator idAt, int position) {
    long hash = order;
    for (int at = position - order + 1; at <= position; at++) {
      long id = at < 0 ? 0 : idAt.applyAsInt(at) + 1L;
      hash = (hash ^ id) * MULTIPLIER;
      hash ^= hash >>> 29;
    }
    return (int) Long.remainderUnsigned(hash, rows);
  }
}
