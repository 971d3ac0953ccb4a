package dev.athanor.model.gguf;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The decoders of rotated attention and gated feed-forward parts: Llama (Mistral and Mixtral too), Qwen and Gemma 2.
///
/// @param interleaved queries and keys lie in pairs that rotate together, and Llama 3's factors are used
/// @param qkNorm heads' queries and keys are normalised
/// @param gemma norms around each part, windows in every other block, caps
record GgufRotated(String name, boolean interleaved, boolean qkNorm, boolean gemma) implements GgufArchitecture {
  static final GgufRotated LLAMA = new GgufRotated("llama", true, false, false);
  static final GgufRotated QWEN2 = new GgufRotated("qwen2", false, false, false);
  static final GgufRotated QWEN3 = new GgufRotated("qwen3", false, true, false);
  static final GgufRotated QWEN3_MOE = new GgufRotated("qwen3moe", false, true, false);
  static final GgufRotated GEMMA2 = new GgufRotated("gemma2", false, false, true);

  /// Of all blocks: far above anything published.
  private static final int MAX_EXPERTS = 1 << 20;

  private static final int GEMMA2_27B_LAYERS = 46;

  // Ours: the weights of the router's losses, which only training needs.
  private static final String BALANCE_LOSS = "athanor.router.balance_loss";
  private static final double USUAL_BALANCE_LOSS = 0.001;

  @Override
  public boolean headTwice() {
    return false;
  }

  @Override
  public DecoderSpec spec(GgufKeys keys) {
    int hidden = keys.required("embedding_length");
    int layers = GgufModel.numLayers(keys);
    Attention attention = attention(keys, hidden, layers);
    FeedForward feed = feedForward(keys, layers);
    OptionalInt window =
        gemma ? OptionalInt.of(keys.integer("attention.sliding_window", 4096)) : OptionalInt.empty();
    List<BlockSpec> blocks =
        IntStream.range(0, layers)
            .mapToObj(layer -> new BlockSpec(layer % 2 == 0 ? attention.withWindow(window) : attention, feed))
            .toList();
    Norm norm = new Norm.Rms(keys.requiredReal("attention.layer_norm_rms_epsilon"), gemma);
    boolean tied = gemma || !keys.file().has(GgufLayout.HEAD);
    OptionalDouble softcap =
        gemma ? OptionalDouble.of(keys.real("final_logit_softcapping", 30)) : OptionalDouble.empty();
    return new DecoderSpec(
        GgufModel.vocabSize(keys.file()),
        keys.required("context_length"),
        gemma ? new Embedding(Math.sqrt(hidden), new Positions.None(), 0, false) : Embedding.PLAIN,
        Stack.causal(hidden, blocks, norm, gemma ? NormPlacement.SANDWICH : NormPlacement.PRE),
        new Head(tied, false, softcap, 1));
  }

  private Attention attention(GgufKeys keys, int hidden, int layers) {
    int heads = keys.required("attention.head_count");
    int headDim = keys.integer("attention.key_length", hidden / Math.max(1, heads));
    keys.require("attention.value_length", headDim);
    keys.require("rope.dimension_count", headDim);
    boolean qkvBias = keys.file().has(GgufLayout.block(0, "attn_q.bias"));
    Rope rope = GgufRope.read(keys, headDim, interleaved);
    Attention attention =
        new Attention(heads, keys.integer("attention.head_count_kv", heads), headDim, rope, qkNorm, qkvBias)
            .withOutputBias(keys.file().has(GgufLayout.block(0, "attn_output.bias")));
    return gemma
        ? attention
            .withScale(gemmaScale(layers, hidden, heads, headDim))
            .withSoftcap(OptionalDouble.of(keys.real("attn_logit_softcapping", 50)))
        : attention;
  }

  /// No key states it: it is that of the published sizes.
  private static double gemmaScale(int layers, int hidden, int heads, int headDim) {
    return Attention.scale(layers == GEMMA2_27B_LAYERS ? hidden / Math.max(1, heads) : headDim);
  }

  private FeedForward feedForward(GgufKeys keys, int layers) {
    int experts = keys.integer("expert_count", 0);
    if (experts == 0) {
      boolean bias = keys.file().has(GgufLayout.block(0, "ffn_up.bias"));
      Activation activation = gemma ? Activation.GELU_TANH : Activation.SILU;
      return new FeedForward.Gated(keys.required("feed_forward_length"), activation, bias);
    }
    if ((long) experts * layers > MAX_EXPERTS) {
      throw keys.bad(
          "'%s' is %d in each of %d blocks; at most %d are supported altogether"
              .formatted(keys.name("expert_count"), experts, layers, MAX_EXPERTS));
    }
    return new FeedForward.Experts(
        experts,
        keys.required("expert_used_count"),
        interleaved ? keys.required("feed_forward_length") : keys.required("expert_feed_forward_length"),
        Activation.SILU,
        true,
        OptionalInt.empty(),
        keys.file().real(BALANCE_LOSS).orElse(USUAL_BALANCE_LOSS),
        0);
  }

  @Override
  public Optional<String> misfit(DecoderSpec spec) {
    Attention attention = spec.attention();
    return GgufRope.misfit(attention.rope().orElseThrow(), interleaved)
        .or(() -> gemma ? gemmaMisfit(spec, attention) : windowMisfit(spec))
        .or(() -> biasMisfit(attention))
        .or(() -> feedForwardMisfit(spec));
  }

  private static Optional<String> windowMisfit(DecoderSpec spec) {
    return spec.stack().blocks().stream()
        .map(block -> block.mixer() instanceof Attention a ? a.window() : OptionalInt.empty())
        .filter(window -> window.isPresent() && window.getAsInt() < spec.contextLength())
        .findFirst()
        .map(window -> "a sliding window of %d in a context of %d".formatted(window.getAsInt(), spec.contextLength()));
  }

  private static Optional<String> gemmaMisfit(DecoderSpec spec, Attention attention) {
    if (attention.softcap().isEmpty() || spec.head().softcap().isEmpty()) {
      return Optional.of("no cap of its scores or logits");
    }
    double scale = gemmaScale(spec.numLayers(), spec.hiddenSize(), attention.numHeads(), attention.headDim());
    if (Math.abs(attention.scale() - scale) > 1e-9) {
      return Optional.of("attention scaled by %s and not by %s".formatted(attention.scale(), scale));
    }
    for (int layer = 0; layer < spec.numLayers(); layer++) {
      if (spec.stack().blocks().get(layer).mixer() instanceof Attention a && a.window().isPresent() != (layer % 2 == 0)) {
        return Optional.of("windows in other blocks than every second, from the first on");
      }
    }
    return Optional.empty();
  }

  private Optional<String> biasMisfit(Attention attention) {
    boolean none = !attention.qkvBias() && !attention.outputBias();
    boolean fits = interleaved || none || (name.equals("qwen2") && !attention.outputBias());
    return fits ? Optional.empty() : Optional.of("biases of its attention");
  }

  private Optional<String> feedForwardMisfit(DecoderSpec spec) {
    for (BlockSpec block : spec.stack().blocks()) {
      boolean fits =
          switch (block.feedForward()) {
            case FeedForward.Gated gated ->
                gated.activation() == (gemma ? Activation.GELU_TANH : Activation.SILU) && !name.equals("qwen3moe");
            case FeedForward.Experts experts -> experts.activation() == Activation.SILU && experts.normalise();
            case FeedForward.Plain _, FeedForward.None _ -> false;
          };
      if (!fits) {
        return Optional.of(
            "a feed-forward part with another activation, or experts whose weights do not add up to one or that not every"
                + " block has");
      }
    }
    return Optional.empty();
  }

  @Override
  public void put(DecoderSpec spec, Map<String, GgufValue> metadata) {
    Attention attention = spec.attention();
    metadata.put(name + ".context_length", GgufValue.u32(spec.contextLength()));
    metadata.put(name + ".embedding_length", GgufValue.u32(spec.hiddenSize()));
    metadata.put(name + ".block_count", GgufValue.u32(spec.numLayers()));
    switch (spec.stack().blocks().getFirst().feedForward()) {
      case FeedForward.Gated gated ->
          metadata.put(name + ".feed_forward_length", GgufValue.u32(gated.intermediateSize()));
      case FeedForward.Experts experts -> putExperts(experts, metadata);
      case FeedForward.Plain _, FeedForward.None _ -> throw new IllegalArgumentException("no gated feed-forward part");
    }
    metadata.put(name + ".attention.head_count", GgufValue.u32(attention.numHeads()));
    metadata.put(name + ".attention.head_count_kv", GgufValue.u32(attention.numKvHeads()));
    metadata.put(name + ".attention.key_length", GgufValue.u32(attention.headDim()));
    metadata.put(name + ".attention.value_length", GgufValue.u32(attention.headDim()));
    metadata.put(name + ".attention.layer_norm_rms_epsilon", GgufValue.f32(spec.norm().eps()));
    metadata.put(name + ".rope.dimension_count", GgufValue.u32(attention.headDim()));
    GgufRope.put(name, attention.rope().orElseThrow(), metadata);
    if (gemma) {
      metadata.put(name + ".attention.sliding_window", GgufValue.u32(attention.window().orElseThrow()));
      metadata.put(name + ".attn_logit_softcapping", GgufValue.f32(attention.softcap().orElseThrow()));
      metadata.put(name + ".final_logit_softcapping", GgufValue.f32(spec.head().softcap().orElseThrow()));
    }
  }

  private void putExperts(FeedForward.Experts experts, Map<String, GgufValue> metadata) {
    metadata.put(name + ".feed_forward_length", GgufValue.u32(experts.intermediateSize()));
    if (!interleaved) {
      metadata.put(name + ".expert_feed_forward_length", GgufValue.u32(experts.intermediateSize()));
    }
    metadata.put(name + ".expert_count", GgufValue.u32(experts.numExperts()));
    metadata.put(name + ".expert_used_count", GgufValue.u32(experts.perToken()));
    metadata.put(BALANCE_LOSS, new GgufValue.Real(GgufValue.Kind.F64, experts.balanceLoss()));
  }
}
