package dev.athanor.nn;

import dev.athanor.model.Embedding;
import dev.athanor.model.Norm;
import dev.athanor.model.Positions;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;

/// An [Embedding] of one stack: tokens to vectors, with what their positions and types add.
final class TokenEmbedding {
  private final Embedding facts;
  private final Norm norm;
  private final String stack;
  private final Parameters parameters;

  TokenEmbedding(Embedding facts, Norm norm, String stack, Parameters parameters) {
    this.facts = facts;
    this.norm = norm;
    this.stack = stack;
    this.parameters = parameters;
  }

  /// The tokens' rows alone.
  Tensor rows(long[] ids) {
    Tensor rows = parameters.get(WeightNames.embedding()).embedding(Tensor.of(ids, ids.length)).f32();
    return facts.scale() == 1 ? rows : rows.mul(facts.scale());
  }

  /// Adds what positions and types add, and normalises.
  ///
  /// @param types one a token, or an empty array where all are 0
  Tensor complete(Tensor rows_NC, Sequences sequences, long[] types) {
    Tensor x = rows_NC;
    switch (facts.positions()) {
      case Positions.None _ -> {}
      case Positions.Learned learned -> {
        long[] places = sequences.positionsWithin(learned.offset());
        x = x.add(parameters.get(WeightNames.positions(stack)).embedding(Tensor.of(places, places.length)));
      }
    }
    if (facts.tokenTypes() > 0) {
      long[] all = types.length == 0 ? new long[(int) rows_NC.size(0)] : types;
      x = x.add(parameters.get(WeightNames.types(stack)).embedding(Tensor.of(all, all.length)));
    }
    return facts.norm() ? Affine.norm(norm, parameters, WeightNames.embeddingNorm(stack), x) : x;
  }
}
