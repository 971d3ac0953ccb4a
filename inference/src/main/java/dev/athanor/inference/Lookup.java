package dev.athanor.inference;

import dev.athanor.model.CheckpointDir;
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
  static List<Lookup> load(CheckpointDir checkpoint, PackedMatrix embedding) {
    List<Lookup> lookups = new ArrayList<>();
    checkpoint.decoder().ngrams().ifPresent(facts -> lookups.add(Ngrams.load(checkpoint, facts)));
    checkpoint.decoder().induction().ifPresent(facts -> lookups.add(Induction.load(checkpoint, facts, embedding)));
    return List.copyOf(lookups);
  }

  /// @param tables as they lie in the checkpoint, row-major, one for each order
  record Ngrams(NgramEmbedding facts, List<float[]> tables, PackedMatrix projection) implements Lookup {
    static Ngrams load(CheckpointDir checkpoint, NgramEmbedding facts) {
      List<float[]> tables =
          facts.orders().stream().map(order -> checkpoint.floats(WeightNames.ngramTable(order))).toList();
      return new Ngrams(facts, tables, PackedMatrix.of(checkpoint.tensor(WeightNames.ngramProjection())));
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
    }
  }

  /// @param hidden the size of an embedding
  record Induction(InductionEmbedding facts, PackedMatrix embedding, int hidden, PackedMatrix projection)
      implements Lookup {
    static Induction load(CheckpointDir checkpoint, InductionEmbedding facts, PackedMatrix embedding) {
      return new Induction(
          facts,
          embedding,
          checkpoint.decoder().hiddenSize(),
          PackedMatrix.of(checkpoint.tensor(WeightNames.inductionProjection())));
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
    }
  }
}
