package dev.athanor.model;

import dev.athanor.model.WeightSpec.Role;
import java.util.EnumMap;
import java.util.Map;

/// What a model's parameters are for.
public enum ModelPart {
  /// Rows that are looked up by token, position, type or n-gram, and what joins them.
  EMBEDDING("embedding"),
  ATTENTION("attention"),
  FEED_FORWARD("feed-forward"),
  /// Mixtures: their routers, the experts that are chosen among, and those that every token goes to.
  EXPERTS("experts"),
  STATE_SPACE("state space"),
  NORMS("norms"),
  /// From hidden states to logits, labels or a pooled vector; what is tied counts as embedding.
  HEAD("head"),
  VISION("vision"),
  PROJECTOR("projector");

  private final String label;

  ModelPart(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /// @param total all of them
  /// @param active those that a token meets: of the experts the ones that it goes to
  public record Parameters(long total, long active) {
    Parameters plus(Parameters other) {
      return new Parameters(total + other.total, active + other.active);
    }
  }

  /// The parameters of each part that the model has; they add up to `spec.parameters()`.
  public static Map<ModelPart, Parameters> parameters(ModelSpec spec) {
    Map<ModelPart, Parameters> parts = new EnumMap<>(ModelPart.class);
    for (WeightSpec weight : WeightNames.weights(spec)) {
      parts.merge(of(weight), new Parameters(weight.elements(), active(weight, spec)), Parameters::plus);
    }
    return parts;
  }

  /// What a token meets of all of them.
  public static long activeParameters(ModelSpec spec) {
    return parameters(spec).values().stream().mapToLong(Parameters::active).sum();
  }

  private static long active(WeightSpec weight, ModelSpec spec) {
    if (weight.role() != Role.EXPERT) {
      return weight.elements();
    }
    FeedForward.Experts experts = experts(weight, spec);
    // An expert is met by a part of the tokens; over all experts this adds up to `perToken` of them.
    return weight.elements() * experts.perToken() / experts.numExperts();
  }

  private static FeedForward.Experts experts(WeightSpec weight, ModelSpec spec) {
    Stack stack =
        switch (spec) {
          case DecoderSpec decoder -> decoder.stack();
          case EncoderSpec encoder -> encoder.stack();
          case EncoderDecoderSpec both ->
              weight.name().startsWith(WeightNames.ENCODER) ? both.encoder() : both.decoder();
          case VisionSpec vision -> vision.stack();
          case VisionLanguageSpec both -> both.decoder().stack();
        };
    String afterLayers = weight.name().substring(weight.name().indexOf("layers.") + "layers.".length());
    int block = Integer.parseInt(afterLayers.substring(0, afterLayers.indexOf('.')));
    return (FeedForward.Experts) stack.blocks().get(block).feedForward();
  }

  /// By our names, as [WeightNames] gives them.
  static ModelPart of(WeightSpec weight) {
    String name = weight.name();
    if (name.startsWith(WeightNames.VISION)) {
      return VISION;
    }
    if (name.startsWith(WeightNames.PROJECTOR)) {
      return PROJECTOR;
    }
    if (name.startsWith("lm_head.") || name.startsWith("pooler.") || name.startsWith("classifier.")) {
      return HEAD;
    }
    if (name.contains("_attn.") || name.contains("relative_bias.")) {
      return ATTENTION;
    }
    if (name.contains(".mixer.")) {
      return STATE_SPACE;
    }
    if (weight.role() == Role.EXPERT || name.contains(".mlp.shared_experts.") || name.endsWith(".mlp.gate.weight")) {
      return EXPERTS;
    }
    if (name.contains(".mlp.")) {
      return FEED_FORWARD;
    }
    if (name.contains("norm.")) {
      return NORMS;
    }
    if (name.contains("embed_") || name.contains("ngram_proj") || name.contains("induction_proj")) {
      return EMBEDDING;
    }
    throw new IllegalStateException("no part of a model is known to hold '" + name + "'");
  }
}
