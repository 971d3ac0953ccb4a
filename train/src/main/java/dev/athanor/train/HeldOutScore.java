package dev.athanor.train;

import dev.athanor.model.ModelSpec;
import dev.athanor.nn.Parameters;
import java.util.List;

/// How well a model foresees what an objective asks of it.
///
/// @param learned tokens that were to be predicted
/// @param loss nats for each of them
/// @param accuracy the share of them that the model held for the likeliest
public record HeldOutScore(long learned, double loss, double accuracy) {
  /// @param batches at least one token of which is to be predicted
  /// @param threads that run batches side by side
  public static HeldOutScore of(ModelSpec spec, Parameters parameters, List<LabelledBatch> batches, int threads) {
    long learned = batches.stream().mapToLong(LabelledBatch::learned).sum();
    if (learned == 0) {
      throw new IllegalArgumentException("nothing is to be predicted");
    }
    try (Replicas replicas = new Replicas(spec, parameters, threads, 1)) {
      Replicas.Score score = replicas.score(batches);
      return new HeldOutScore(learned, score.loss(), score.accuracy());
    }
  }

  /// e^loss
  public double perplexity() {
    return Math.exp(loss);
  }
}
