package dev.athanor.inference;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.Mixer;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.RelativeBias;
import dev.athanor.model.Rope;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;

/// Decoders of all that a [DecoderSpec] can say, drawn at random, of odd sizes.
final class RandomDecoders {
  static final int CONTEXT = 256;

  private final Random random;

  private RandomDecoders(Random random) {
    this.random = random;
  }

  /// Equal blocks as most decoders have them.
  static DecoderSpec likeLlama(Random random) {
    int kvHeads = 1 + random.nextInt(2);
    int extra = random.nextInt(3);
    Mixer.Attention attention =
        new Mixer.Attention(
            kvHeads * (1 + random.nextInt(3)),
            kvHeads,
            2 * (3 + random.nextInt(12)),
            new Rope(10_000),
            extra == 1,
            extra == 2);
    return DecoderSpec.uniform(
        50 + random.nextInt(100),
        20 + random.nextInt(300),
        2,
        CONTEXT,
        attention,
        new FeedForward.Gated(10 + random.nextInt(90)),
        new Norm.Rms(1e-6),
        random.nextBoolean());
  }

  /// Blocks that differ, whatever they are.
  static DecoderSpec any(Random random) {
    return new RandomDecoders(random).any();
  }

  private DecoderSpec any() {
    int hidden = 16 + random.nextInt(60);
    boolean relative = chance(4);
    int heads = 1 + random.nextInt(3);
    List<BlockSpec> blocks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      blocks.add(new BlockSpec(relative ? attention(heads) : mixer(), feedForward()));
    }
    Norm norm =
        switch (random.nextInt(3)) {
          case 0 -> new Norm.Rms(1e-6);
          case 1 -> new Norm.Rms(1e-5, true);
          default -> new Norm.Layer(1e-5);
        };
    NormPlacement placement = one(List.of(NormPlacement.values()));
    Stack plain = Stack.causal(hidden, blocks, norm, placement);
    Stack stack =
        new Stack(
            hidden, blocks, norm, placement, true, Optional.empty(),
            relative ? Optional.of(new RelativeBias(8, 20)) : Optional.empty(), chance(5) != plain.finalNorm());
    Positions positions = chance(2) ? new Positions.Learned(CONTEXT + 5, 2) : new Positions.None();
    return new DecoderSpec(
        50 + random.nextInt(100),
        CONTEXT,
        new Embedding(chance(2) ? 2.5 : 1, positions, random.nextInt(3), chance(3)),
        stack,
        new Head(chance(2), chance(2), chance(2) ? OptionalDouble.of(2.5) : OptionalDouble.empty(), chance(3) ? 0.5 : 1),
        chance(3) ? Optional.of(new NgramEmbedding(List.of(2, 3), 97, 5)) : Optional.empty(),
        chance(3) ? Optional.of(new InductionEmbedding(List.of(1, 2))) : Optional.empty());
  }

  private Mixer mixer() {
    return switch (random.nextInt(4)) {
      case 0 ->
          new Mixer.Mamba(
              5 + random.nextInt(40), 1 + random.nextInt(9), 1 + random.nextInt(5), 1 + random.nextInt(5), chance(2), chance(2));
      case 1 -> {
        int groups = 1 + random.nextInt(2);
        yield new Mixer.Mamba2(
            groups * (1 + random.nextInt(3)), 1 + random.nextInt(20), groups, 1 + random.nextInt(9),
            1 + random.nextInt(5), 16, chance(2), chance(2), 1e-5);
      }
      default -> attention(1 + random.nextInt(3));
    };
  }

  private Mixer attention(int heads) {
    int headDim = 2 * (2 + random.nextInt(10));
    return new Mixer.Attention(
        heads,
        chance(2) ? heads : 1,
        headDim,
        chance(5) ? Optional.empty() : Optional.of(new Rope(500, scaling())),
        chance(3),
        chance(2),
        chance(2),
        chance(2) ? OptionalInt.of(1 + random.nextInt(90)) : OptionalInt.empty(),
        chance(3) ? OptionalDouble.of(1.5) : OptionalDouble.empty(),
        chance(2) ? 0.3 : Mixer.Attention.scale(headDim));
  }

  private Rope.Scaling scaling() {
    return switch (random.nextInt(5)) {
      case 0 -> new Rope.Scaling.Linear(2);
      case 1 -> new Rope.Scaling.Dynamic(2, 32);
      case 2 -> new Rope.Scaling.Yarn(4, 32, 32, 1, OptionalDouble.empty(), chance(2));
      case 3 -> new Rope.Scaling.Llama3(8, 1, 4, 32);
      default -> new Rope.Scaling.None();
    };
  }

  private FeedForward feedForward() {
    Activation activation = one(List.of(Activation.values()));
    int size = 8 + random.nextInt(50);
    return switch (random.nextInt(4)) {
      case 0 -> new FeedForward.Gated(size, activation, chance(2));
      case 1 -> new FeedForward.Plain(size, activation, chance(2));
      case 2 -> {
        int experts = 2 + random.nextInt(5);
        yield new FeedForward.Experts(
            experts, 1 + random.nextInt(experts), size, activation, chance(2),
            chance(2) ? OptionalInt.of(5 + random.nextInt(20)) : OptionalInt.empty(), 0.01, 0.001);
      }
      default -> new FeedForward.None();
    };
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean chance(int in) {
    return random.nextInt(in) == 0;
  }

  /// Writes a checkpoint of random weights, large enough that every part matters: products keep the variance, and norms and biases are
  /// not trivial.
  static void write(Path dir, DecoderSpec spec, Random random) {
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      long[] shape = weight.shape();
      float[] values = KernelsTest.gaussians(random, (int) weight.elements());
      double columns = shape[shape.length - 1];
      for (int i = 0; i < values.length; i++) {
        values[i] = shape.length == 1 ? 1 + 0.2f * values[i] : values[i] / (float) Math.sqrt(columns);
      }
      weights.put(weight.name(), StoredTensor.of(values, shape));
    }
    CheckpointDir.write(dir, spec, SpecialTokens.endingWith(2), weights, folder -> {});
  }
}
