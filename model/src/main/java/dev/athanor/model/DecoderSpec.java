package dev.athanor.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// A decoder: it predicts each token from those before it.
///
/// @param contextLength the longest sequence in tokens
/// @param ngrams what is added to each token's embedding for the tokens before it
/// @param induction what is added to it for what followed those tokens earlier in the sequence
public record DecoderSpec(
    int vocabSize,
    int contextLength,
    Embedding embedding,
    Stack stack,
    Head head,
    Optional<NgramEmbedding> ngrams,
    Optional<InductionEmbedding> induction)
    implements ModelSpec {

  public DecoderSpec {
    Facts.require(vocabSize > 0, "vocabSize must be positive");
    Facts.require(contextLength > 0, "contextLength must be positive");
    Facts.require(stack.causal() && stack.cross().isEmpty(), "a decoder's blocks are causal and attend to nothing else");
  }

  /// A decoder that embeds tokens one by one, as the published families do.
  public DecoderSpec(int vocabSize, int contextLength, Embedding embedding, Stack stack, Head head) {
    this(vocabSize, contextLength, embedding, stack, head, Optional.empty(), Optional.empty());
  }

  /// Equal blocks with their norms before their parts, as most decoders are built.
  public static DecoderSpec uniform(
      int vocabSize,
      int hiddenSize,
      int numLayers,
      int contextLength,
      Mixer mixer,
      FeedForward feedForward,
      Norm norm,
      boolean tiedHead) {
    Facts.require(numLayers > 0, "numLayers must be positive");
    List<BlockSpec> blocks = Collections.nCopies(numLayers, new BlockSpec(mixer, feedForward));
    return new DecoderSpec(
        vocabSize, contextLength, Embedding.PLAIN, Stack.causal(hiddenSize, blocks, norm, NormPlacement.PRE), Head.of(tiedHead));
  }

  /// The same decoder with other look-ups beside its token embedding, or none.
  public DecoderSpec with(Optional<NgramEmbedding> otherNgrams, Optional<InductionEmbedding> otherInduction) {
    return new DecoderSpec(vocabSize, contextLength, embedding, stack, head, otherNgrams, otherInduction);
  }

  @Override
  public int hiddenSize() {
    return stack.hiddenSize();
  }

  public int numLayers() {
    return stack.blocks().size();
  }

  public Norm norm() {
    return stack.norm();
  }

  public boolean tiedHead() {
    return head.tied();
  }

  /// Whether a published family can hold it.
  public boolean embedsTokensOnly() {
    return ngrams.isEmpty() && induction.isEmpty();
  }

  /// The mixer of the first block that attends.
  ///
  /// @throws IllegalStateException when none does
  public Mixer.Attention attention() {
    return stack.blocks().stream()
        .map(BlockSpec::mixer)
        .filter(Mixer.Attention.class::isInstance)
        .map(Mixer.Attention.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no block of this decoder attends"));
  }

  /// The parameters outside of the n-gram tables.
  @Override
  public long denseParameters() {
    return parameters() - ngrams.map(NgramEmbedding::tableParameters).orElse(0L);
  }
}
