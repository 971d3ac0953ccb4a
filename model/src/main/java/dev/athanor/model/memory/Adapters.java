package dev.athanor.model.memory;

import dev.athanor.model.Footprint;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;

/// Low-rank adapters that are trained in place of the weights, which stay as they are: `W·x + B·(A·x)`, A [rank, in], B [out, rank].
/// Hu et al., https://arxiv.org/abs/2106.09685; over weights of four bits: Dettmers et al., https://arxiv.org/abs/2305.14314.
///
/// @param base how the weights that stay are kept
public record Adapters(int rank, Targets targets, Footprint.Precision base) {
  /// Which matrices have one.
  public enum Targets {
    /// Queries, keys, values and the projection out of attention.
    ATTENTION("attention"),
    /// All matrices of the blocks.
    ALL("all");

    private final String label;

    Targets(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  public Adapters {
    if (rank < 1) {
      throw new IllegalArgumentException("the rank of an adapter is at least 1, not " + rank);
    }
  }

  /// Those that are trained.
  public long parameters(ModelSpec spec) {
    long sum = 0;
    for (WeightSpec weight : WeightNames.weights(spec)) {
      if (isTarget(weight)) {
        sum += pairs(weight) * rank;
      }
    }
    return sum;
  }

  boolean isTarget(WeightSpec weight) {
    return switch (weight.role()) {
      case MATRIX, EXPERT ->
          weight.name().contains("layers.") && (targets == Targets.ALL || weight.name().contains("_attn."));
      case EMBEDDING, TABLE, HEAD, CONVOLUTION, VECTOR -> false;
    };
  }

  private static long pairs(WeightSpec weight) {
    long[] shape = weight.shape();
    return shape[0] + weight.elements() / shape[0];
  }
}
