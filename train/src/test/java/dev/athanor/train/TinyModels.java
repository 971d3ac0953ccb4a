package dev.athanor.train;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.Mixer;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Two layers, hidden 32, 64 tokens, grouped queries, and heads that do not add up to the hidden size.
public final class TinyModels {
  public static final int VOCABULARY = 64;

  private TinyModels() {}

  public static DecoderSpec spec(boolean qkNorm, boolean qkvBias, boolean tiedHead) {
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
  public static DecoderSpec withLookups(DecoderSpec spec) {
    return spec.with(
        Optional.of(new NgramEmbedding(List.of(2, 3), 997, 8)), Optional.of(new InductionEmbedding(List.of(1, 2))));
  }

  /// Weights large enough that every part matters: products keep the variance, norms and biases are not trivial.
  public static Parameters parameters(DecoderSpec spec, long seed) {
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

  /// Counting upwards: every sequence counts modulo the vocabulary in a step of its own out of 1, 3, 5 and 7, from a start of
  /// its own. All tokens are equally frequent, ln 64 = 4.16 nats; who looks at one token back can only say ln 4 = 1.39; who
  /// looks at two knows the next. A pure function of (seed, sequence).
  public static LabelledBatch counting(long seed, long sequence, int length) {
    Random random = new Random(seed * 1_000_003 + sequence);
    random.nextInt();
    int stride = 1 + 2 * random.nextInt(4);
    int start = random.nextInt(VOCABULARY);
    long[] ids = new long[length];
    long[] targets = new long[length];
    for (int i = 0; i < length; i++) {
      ids[i] = (start + (long) i * stride) % VOCABULARY;
      targets[i] = (ids[i] + stride) % VOCABULARY;
    }
    return new LabelledBatch(new TokenBatch(ids, new int[] {length}), targets);
  }

  /// Sequences `first … first + count − 1` in one micro-batch.
  public static LabelledBatch together(BatchSource sequences, long first, int count) {
    long[] ids = {};
    long[] targets = {};
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      LabelledBatch next = sequences.microBatch(first + i);
      lengths[i] = next.batch().tokens();
      ids = concat(ids, tokens(next).ids());
      targets = concat(targets, next.targets());
    }
    return new LabelledBatch(new TokenBatch(ids, lengths), targets);
  }

  /// The sequences of a batch that is no pairs.
  public static TokenBatch tokens(LabelledBatch batch) {
    return (TokenBatch) batch.batch();
  }

  private static long[] concat(long[] a, long[] b) {
    long[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
