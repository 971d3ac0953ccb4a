package dev.athanor.nn;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.Mixer;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Two layers, hidden 32, grouped queries, and heads that do not add up to the hidden size.
final class TinyModels {
  static final int VOCABULARY = 64;

  private TinyModels() {}

  static DecoderSpec spec(boolean qkNorm, boolean qkvBias, boolean tiedHead) {
    return DecoderSpec.uniform(
        VOCABULARY,
        32,
        2,
        64,
        new Mixer.Attention(4, 2, 12, new Rope(10_000), qkNorm, qkvBias),
        new FeedForward.Gated(48),
        new Norm.Rms(1e-6),
        tiedHead);
  }

  /// The same with tables of 2- and 3-grams, so small that some share a row, and induction from one and two tokens.
  static DecoderSpec withLookups(DecoderSpec spec) {
    return spec.with(
        Optional.of(new NgramEmbedding(List.of(2, 3), 997, 8)), Optional.of(new InductionEmbedding(List.of(1, 2))));
  }

  /// Weights large enough that every part matters: products keep the variance, norms and biases are not trivial.
  static Parameters parameters(DecoderSpec spec, long seed) {
    Random random = new Random(seed);
    Map<String, float[]> values = new HashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      long[] shape = weight.shape();
      int columns = (int) shape[shape.length - 1];
      float[] v = new float[shape.length == 1 ? columns : (int) shape[0] * columns];
      for (int i = 0; i < v.length; i++) {
        double gaussian = random.nextGaussian();
        v[i] = (float) (shape.length == 1 ? 1 + 0.2 * gaussian : gaussian / Math.sqrt(columns));
      }
      values.put(weight.name(), v);
    }
    return Parameters.of(spec, values);
  }

  static long[] ids(long seed, int count) {
    return new Random(seed).longs(count, 0, VOCABULARY).toArray();
  }
}
