package dev.athanor.model;

/// What an architecture is, as facts. LibTorch blocks (to train) and the SIMD engine (to serve) each interpret it with
/// exhaustive switches, so that a new kind of part makes the compiler name every place that has to learn it.
public sealed interface ModelSpec permits DecoderSpec, EncoderSpec, EncoderDecoderSpec, VisionSpec, VisionLanguageSpec {
  /// The size of the vector that stands for a position between blocks.
  int hiddenSize();

  /// The longest sequence that it takes, in positions: tokens, or an image's patches.
  int contextLength();

  /// What kind of model it is, in a word or two for people.
  default String kind() {
    return switch (this) {
      case DecoderSpec _ -> "decoder";
      case EncoderSpec _ -> "encoder";
      case EncoderDecoderSpec _ -> "encoder-decoder";
      case VisionSpec _ -> "vision encoder";
      case VisionLanguageSpec _ -> "vision-language model";
    };
  }

  /// The number of trainable parameters, tied ones counted once.
  default long parameters() {
    return WeightNames.weights(this).stream().mapToLong(WeightSpec::elements).sum();
  }

  /// The parameters outside of tables of which a token touches a few rows only.
  default long denseParameters() {
    return parameters();
  }

  /// The parameters that take part in a token's matrix products: all but look-ups, and of the experts those that it goes to.
  default long matmulParameters() {
    return Flops.matmulParameters(this);
  }

  /// Floating-point operations of training on one token (forward and backward) in sequences of `length` tokens; see [Flops].
  default double trainingFlopsPerToken(int length) {
    return Flops.trainingPerToken(this, length);
  }
}
