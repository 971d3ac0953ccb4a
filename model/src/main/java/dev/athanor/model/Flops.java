package dev.athanor.model;

/// Floating-point operations of a model, for the share of a machine's limit that training reaches.
///
/// A token's forward pass multiplies and adds once for each matrix parameter that it meets, backward does twice as much:
/// `6 · parameters`. Attention over n positions adds `6 · n · heads · headDim` where it is causal (half of the full square), twice that
/// where it is not. Chowdhery et al., PaLM, appendix B, https://arxiv.org/abs/2204.02311. A state space's recurrence adds `6 · 3 · inner ·
/// state`: decay, input and output of each state. Of an encoder-decoder half of the parameters are counted, for a token meets one side
/// or the other.
final class Flops {
  private Flops() {}

  static long matmulParameters(ModelSpec spec) {
    long sum = 0;
    for (WeightSpec weight : WeightNames.weights(spec)) {
      sum += switch (weight.role()) {
        case MATRIX, CONVOLUTION, HEAD -> weight.elements();
        case EMBEDDING, TABLE, VECTOR, EXPERT -> 0;
      };
    }
    return switch (spec) {
      case DecoderSpec decoder -> sum + tiedHead(decoder.head(), decoder.vocabSize(), decoder.hiddenSize()) + experts(decoder.stack());
      case EncoderSpec encoder ->
          encoder.top() instanceof EncoderSpec.Top.MaskedLm ? sum + (long) encoder.vocabSize() * encoder.hiddenSize() : sum;
      case EncoderDecoderSpec both -> sum / 2 + tiedHead(both.head(), both.vocabSize(), both.hiddenSize());
      case VisionSpec _ -> sum;
      case VisionLanguageSpec both ->
          sum + tiedHead(both.decoder().head(), both.decoder().vocabSize(), both.hiddenSize()) + experts(both.decoder().stack());
    };
  }

  private static long tiedHead(Head head, int vocabulary, int hidden) {
    return head.tied() ? (long) vocabulary * hidden : 0;
  }

  /// Those that a token goes to; shared ones are matrices like any other.
  private static long experts(Stack stack) {
    long sum = 0;
    for (BlockSpec block : stack.blocks()) {
      if (block.feedForward() instanceof FeedForward.Experts experts) {
        sum += 3L * stack.hiddenSize() * experts.intermediateSize() * experts.perToken();
      }
    }
    return sum;
  }

  static double trainingPerToken(ModelSpec spec, int length) {
    double mixing =
        switch (spec) {
          case DecoderSpec decoder -> mixing(decoder.stack(), length);
          case EncoderSpec encoder -> mixing(encoder.stack(), length);
          case EncoderDecoderSpec both -> (mixing(both.encoder(), length) + mixing(both.decoder(), length)) / 2;
          case VisionSpec vision -> mixing(vision.stack(), length);
          case VisionLanguageSpec both -> mixing(both.decoder().stack(), length);
        };
    return 6.0 * (matmulParameters(spec) + mixing);
  }

  private static double mixing(Stack stack, int length) {
    double sum = 0;
    for (BlockSpec block : stack.blocks()) {
      sum += switch (block.mixer()) {
        case Mixer.Attention a ->
            (double) Math.min(length, a.window().orElse(length)) * a.numHeads() * a.headDim() * (stack.causal() ? 1 : 2);
        case Mixer.Mamba m -> 3.0 * m.innerSize() * m.stateSize();
        case Mixer.Mamba2 m -> 3.0 * m.innerSize() * m.stateSize();
      };
    }
    return sum;
  }
}
