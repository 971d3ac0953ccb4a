package dev.athanor.inference;

import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.WeightNames;
import java.util.ArrayList;
import java.util.List;

/// What is looked up for a token beside its embedding, and the projection whose product with it is added.
sealed interface Lookup {
  /// Of what is found for a token.
  int width();

  PackedMatrix projection();

  /// Puts what is found for the token at a position of the cache; it and those before it are in the cache's ids.
  void find(KvCache cache, int position, Activations into, int row, boolean alone);

  /// All of a model, in the order in which they are added.
  static List<Lookup> load(Weights weights, PackedMatrix embedding) {
    List<Lookup> lookups = new ArrayList<>();
    weights.decoder().ngrams().ifPresent(facts -> lookups.add(Ngrams.load(weights, facts)));
    weights.decoder().induction().ifPresent(facts -> lookups.add(Induction.load(weights, facts, embedding)));
    return List.copyOf(lookups);
  }

  /// @param tables as they lie in the checkpoint, row-major, one for each order
  record Ngrams(NgramEmbedding facts, List<float[]> tables, PackedMatrix projection) implements Lookup {
    static Ngrams load(Weights weights, NgramEmbedding facts) {
      List<float[]> tables =
          facts.orders().stream().map(order -> weights.floats(WeightNames.ngramTable(order))).toList();
      return new Ngrams(facts, tables, weights.pack(weights.affine(WeightNames.ngramProjection())));
    }

    @Override
    public int width() {
      return facts.width();
    }

    @Override
    public void find(KvCache cache, int position, Activations into, int row, boolean alone) {
      for (int i = 0; i < tables.size(); i++) {
        int found = facts.row(facts.orders().get(i), at -> cache.ids()[at], position);
        into.put(row, alone, i * facts.dim(), tables.get(i), found * facts.dim(), facts.dim());
      }
      into.complete(row, alone);
    }
  }

  /// @param hidden the size of an embedding
  record Induction(InductionEmbedding facts, PackedMatrix embedding, int hidden, PackedMatrix projection)
      implements Lookup {
    static Induction load(Weights weights, InductionEmbedding facts, PackedMatrix embedding) {
      return new Induction(
          facts,
          embedding,
          weights.decoder().hiddenSize(),
          weights.pack(weights.affine(WeightNames.inductionProjection())));
    }

    @Override
    public int width() {
      return facts.orders().size() * hidden;
    }

    @Override
    public void find(KvCache cache, int position, Activations into, int row, boolean alone) {
      float[] found = new float[hidden];
      for (int i = 0; i < facts.orders().size(); i++) {
        int follower = InductionEmbedding.follower(cache.ids(), 0, position, facts.orders().get(i));
        if (follower == InductionEmbedding.NONE) {
          java.util.Arrays.fill(found, 0);
        } else {
          embedding.row(follower, found, 0);
        }
        into.put(row, alone, i * hidden, found, 0, hidden);
      }
      into.complete(row, alone);
    }
  }
}
