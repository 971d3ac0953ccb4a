package dev.athanor.cli.stage;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.RelativeBias;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The sizes that a time budget chooses among, from small to large, and what stands between a recipe's `model` and a spec.
final class Sizes {
  static final Recipe.Model DEFAULT = model(128, 2);

  static final List<Recipe.Model> LADDER =
      List.of(
          model(64, 2),
          model(96, 2),
          DEFAULT,
          model(192, 2),
          model(256, 3),
          model(320, 4),
          model(384, 6),
          model(512, 8),
          model(768, 12),
          model(1024, 16));

  private Sizes() {}

  static DecoderSpec spec(Recipe.Model model, int vocabSize, int contextLength) {
    List<BlockSpec> blocks = IntStream.range(0, model.layers()).mapToObj(layer -> block(model, layer)).toList();
    Stack stack = Stack.causal(model.hiddenSize(), blocks, new Norm.Rms(1e-6), NormPlacement.PRE);
    return new DecoderSpec(vocabSize, contextLength, Embedding.PLAIN, stack, Head.of(true));
  }

  /// An encoder or an encoder-decoder of a published family: every head with a key and value of its own, a feed-forward part of four
  /// times the hidden size where the recipe does not say another.
  ///
  /// @param decoderStart of an encoder-decoder
  static ModelSpec spec(
      Recipe.Architecture architecture, Recipe.Model model, int vocabSize, int contextLength, int decoderStart) {
    int hidden = model.hiddenSize();
    int feed = model.intermediateSize() == null ? 4 * hidden : model.intermediateSize();
    int headDim = hidden / model.heads();
    double scale = Mixer.Attention.scale(headDim);
    BlockSpec biased =
        new BlockSpec(
            Mixer.Attention.multiHead(model.heads(), headDim, true, scale), new FeedForward.Plain(feed, Activation.GELU, true));
    return switch (architecture) {
      case DECODER -> spec(model, vocabSize, contextLength);
      case BERT -> encoder(model, biased, vocabSize, contextLength, 0, 2, 1e-12);
      case ROBERTA -> encoder(model, biased, vocabSize, contextLength, 2, 1, 1e-5);
      case BART ->
          new EncoderDecoderSpec(
              vocabSize,
              contextLength,
              new Embedding(1, new Positions.Learned(contextLength + 2, 2), 0, true),
              side(model, biased, new Norm.Layer(1e-5), NormPlacement.POST, false, Optional.empty()),
              side(model, biased, new Norm.Layer(1e-5), NormPlacement.POST, true, Optional.empty()),
              new Head(true, true, OptionalDouble.empty(), 1),
              decoderStart);
      case T5 -> {
        Optional<RelativeBias> bias = Optional.of(new RelativeBias(32, 128));
        BlockSpec block =
            new BlockSpec(
                Mixer.Attention.multiHead(model.heads(), headDim, false, 1), new FeedForward.Plain(feed, Activation.RELU, false));
        yield new EncoderDecoderSpec(
            vocabSize,
            contextLength,
            Embedding.PLAIN,
            side(model, block, new Norm.Rms(1e-6), NormPlacement.PRE, false, bias),
            side(model, block, new Norm.Rms(1e-6), NormPlacement.PRE, true, bias),
            new Head(true, false, OptionalDouble.empty(), 1 / Math.sqrt(hidden)),
            decoderStart);
      }
    };
  }

  private static EncoderSpec encoder(
      Recipe.Model model, BlockSpec block, int vocabSize, int contextLength, int offset, int types, double eps) {
    return new EncoderSpec(
        vocabSize,
        contextLength,
        new Embedding(1, new Positions.Learned(contextLength + offset, offset), types, true),
        Stack.bidirectional(
            model.hiddenSize(), Collections.nCopies(model.layers(), block), new Norm.Layer(eps), NormPlacement.POST),
        new EncoderSpec.Top.MaskedLm(Activation.GELU));
  }

  private static Stack side(
      Recipe.Model model, BlockSpec block, Norm norm, NormPlacement placement, boolean decodes, Optional<RelativeBias> bias) {
    Optional<Mixer.Attention> cross =
        decodes && block.mixer() instanceof Mixer.Attention attention ? Optional.of(attention) : Optional.empty();
    return new Stack(
        model.hiddenSize(),
        Collections.nCopies(model.layers(), block),
        norm,
        placement,
        decodes,
        cross,
        bias,
        placement == NormPlacement.PRE);
  }

  private static BlockSpec block(Recipe.Model model, int layer) {
    Recipe.StateSpace stateSpace = model.stateSpace();
    boolean attends = model.attentionEvery() != null && layer % model.attentionEvery() == model.attentionEvery() - 1;
    Mixer mixer = stateSpace == null || attends ? attention(model) : stateSpace(model.hiddenSize(), stateSpace);
    // State spaces alone, as published, have no feed-forward parts.
    boolean bare = stateSpace != null && model.attentionEvery() == null && model.experts() == null;
    return new BlockSpec(mixer, bare ? new FeedForward.None() : feedForward(model));
  }

  private static Mixer attention(Recipe.Model model) {
    int kvHeads = model.kvHeads() == null ? model.heads() : model.kvHeads();
    Mixer.Attention attention =
        new Mixer.Attention(
            model.heads(), kvHeads, model.hiddenSize() / model.heads(), new Rope(model.ropeTheta()), model.qkNorm(), false);
    return model.window() == null ? attention : attention.withWindow(OptionalInt.of(model.window()));
  }

  /// Twice as many channels as the hidden size, and the published sizes of states.
  private static Mixer stateSpace(int hidden, Recipe.StateSpace kind) {
    return switch (kind) {
      case MAMBA -> new Mixer.Mamba(2 * hidden, 16, 4, Math.ceilDiv(hidden, 16), true, false);
      case MAMBA2 -> {
        int headDim = hidden % 32 == 0 ? 64 : 2 * (hidden % 8 == 0 ? 8 : 1);
        yield new Mixer.Mamba2(2 * hidden / headDim, headDim, 1, 64, 4, 64, true, false, 1e-6);
      }
    };
  }

  private static FeedForward feedForward(Recipe.Model model) {
    int intermediate = model.intermediateSize() == null ? 3 * model.hiddenSize() : model.intermediateSize();
    Recipe.Experts experts = model.experts();
    if (experts == null) {
      return new FeedForward.Gated(intermediate);
    }
    int each = experts.intermediateSize() > 0 ? experts.intermediateSize() : Math.max(1, intermediate / experts.perToken());
    return new FeedForward.Experts(
        experts.count(),
        experts.perToken(),
        each,
        Activation.SILU,
        true,
        experts.shared() == null ? OptionalInt.empty() : OptionalInt.of(experts.shared()),
        experts.balanceLoss(),
        experts.zLoss());
  }

  /// Heads of 32 or 64 values, each pair of query heads on one key-value head. At hidden size 128 two heads of 64 saw a third more
  /// tokens in ten minutes than four of 32 in eight, and were behind: 0.770 bits per byte against 0.760.
  private static Recipe.Model model(int hiddenSize, int layers) {
    int heads = hiddenSize / (hiddenSize <= 256 ? 32 : 64);
    return new Recipe.Model(hiddenSize, layers, heads, heads % 2 == 0 ? heads / 2 : heads, null, true, 10_000, null, null, null, null);
  }
}
