package dev.athanor.nn;

import dev.athanor.model.RelativeBias;
import dev.athanor.tensor.Tensor;

/// A stack's [RelativeBias] over its learned table, [buckets, heads].
final class RelativeScores {
  private final RelativeBias facts;
  private final boolean bidirectional;
  private final Tensor table;

  RelativeScores(RelativeBias facts, boolean bidirectional, Tensor table) {
    this.facts = facts;
    this.bidirectional = bidirectional;
    this.table = table;
  }

  /// [1, heads, queries, keys]; the first query stands at `start`, the first key at 0.
  Tensor of(int queries, int keys, int start) {
    long[] buckets = new long[queries * keys];
    for (int q = 0; q < queries; q++) {
      for (int k = 0; k < keys; k++) {
        buckets[q * keys + k] = facts.bucket(k - start - q, bidirectional);
      }
    }
    Tensor rows = table.embedding(Tensor.of(buckets, queries, keys));
    return rows.permute(2, 0, 1).unsqueeze(0);
  }
}
