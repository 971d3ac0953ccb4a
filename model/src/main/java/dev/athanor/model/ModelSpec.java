package dev.athanor.model;

import java.util.Optional;

/// What an architecture is, as facts. LibTorch blocks (to train) and the SIMD engine (to serve) each interpret it with
/// exhaustive switches, so that a new kind of part makes the compiler name every place that has to learn it.
///
/// A decoder: token embedding (and what is looked up beside it), `numLayers` equal blocks `x + mixer(norm(x))`, `x + feedForward(norm(x))`, a final norm and a
/// head.
///
/// @param contextLength the longest sequence in tokens
/// @param tiedHead the head's matrix is the embedding's
/// @param ngrams what is added to each token's embedding for the tokens before it
/// @param induction what is added to it for what followed those tokens earlier in the sequence
public record ModelSpec(
    int vocabSize,
    int hiddenSize,
    int numLayers,
    int contextLength,
    Mixer mixer,
    FeedForward feedForward,
    Norm norm,
    boolean tiedHead,
    Optional<NgramEmbedding> ngrams,
    Optional<InductionEmbedding> induction) {

  public ModelSpec {
    require(vocabSize > 0, "vocabSize must be positive");
    require(hiddenSize > 0, "hiddenSize must be positive");
    require(numLayers > 0, "numLayers must be positive");
    require(contextLength > 0, "contextLength must be positive");
  }

  /// A decoder that embeds tokens one by one, as the published families do.
  public ModelSpec(
      int vocabSize,
      int hiddenSize,
      int numLayers,
      int contextLength,
      Mixer mixer,
      FeedForward feedForward,
      Norm norm,
      boolean tiedHead) {
    this(vocabSize, hiddenSize, numLayers, contextLength, mixer, feedForward, norm, tiedHead, Optional.empty(), Optional.empty());
  }

  /// The same decoder with other look-ups beside its token embedding, or none.
  public ModelSpec with(Optional<NgramEmbedding> otherNgrams, Optional<InductionEmbedding> otherInduction) {
    return new ModelSpec(
        vocabSize, hiddenSize, numLayers, contextLength, mixer, feedForward, norm, tiedHead, otherNgrams, otherInduction);
  }

  /// What mixes information between positions.
  public sealed interface Mixer {
    /// Causal grouped-query attention: `numHeads` query heads share `numKvHeads` key and value heads.
    ///
    /// @param qkNorm RMS norm over each head's query and key before the rotation (Qwen3)
    /// @param qkvBias query, key and value projections have biases (Qwen2)
    record Attention(int numHeads, int numKvHeads, int headDim, Rope rope, boolean qkNorm, boolean qkvBias)
        implements Mixer {
      public Attention {
        require(numHeads > 0 && numKvHeads > 0, "attention needs at least one head");
        require(numHeads % numKvHeads == 0, "numHeads must be a multiple of numKvHeads");
        require(headDim > 0 && headDim % 2 == 0, "headDim must be even and positive");
      }
    }
  }

  /// Rotary position embedding in the half-split layout of the published Llama checkpoints: pair (i, i + headDim/2) turns by
  /// `position · theta^(−2i/headDim)`. Su et al., https://arxiv.org/abs/2104.09864
  public record Rope(double theta) {}

  /// What transforms each position by itself.
  public sealed interface FeedForward {
    /// `down(silu(gate(x)) ⊙ up(x))`. Shazeer, https://arxiv.org/abs/2002.05202
    record SwiGlu(int intermediateSize) implements FeedForward {
      public SwiGlu {
        require(intermediateSize > 0, "intermediateSize must be positive");
      }
    }
  }

  public sealed interface Norm {
    double eps();

    /// `x / sqrt(mean(x²) + eps) ⊙ weight`. Zhang and Sennrich, https://arxiv.org/abs/1910.07467
    record Rms(double eps) implements Norm {}
  }

  /// The number of trainable parameters, a tied head counted once.
  public long parameters() {
    return denseParameters() + ngrams.map(NgramEmbedding::tableParameters).orElse(0L);
  }

  /// The parameters outside of the n-gram tables, of which a token touches a few rows only.
  public long denseParameters() {
    long embedding = (long) vocabSize * hiddenSize;
    return embedding * (tiedHead ? 1 : 2) + numLayers * blockParameters() + hiddenSize + projectionParameters();
  }

  /// The parameters that take part in matrix products for every token: all but the embedding look-ups.
  public long matmulParameters() {
    return (long) vocabSize * hiddenSize + numLayers * blockMatmulParameters() + projectionParameters();
  }

  private long projectionParameters() {
    long tables = ngrams.map(n -> (long) n.width() * hiddenSize).orElse(0L);
    return tables + induction.map(i -> (long) i.orders().size() * hiddenSize * hiddenSize).orElse(0L);
  }

  /// Whether a published family can hold it.
  public boolean embedsTokensOnly() {
    return ngrams.isEmpty() && induction.isEmpty();
  }

  /// Floating-point operations of training on one token (forward and backward) in sequences of `length` tokens:
  /// `6 · matmulParameters + 6 · layers · length · heads · headDim` (causal attention: half of the full square).
  /// Chowdhery et al., PaLM, appendix B, https://arxiv.org/abs/2204.02311
  public double trainingFlopsPerToken(int length) {
    Mixer.Attention attention = attention();
    return 6.0 * matmulParameters()
        + 6.0 * numLayers * length * attention.numHeads() * attention.headDim();
  }

  /// The mixer of a decoder whose blocks are all attention.
  public Mixer.Attention attention() {
    return switch (mixer) {
      case Mixer.Attention attention -> attention;
    };
  }

  private long blockMatmulParameters() {
    Mixer.Attention a = attention();
    long attention = (long) hiddenSize * a.headDim() * (2L * a.numHeads() + 2L * a.numKvHeads());
    long feed = switch (feedForward) {
      case FeedForward.SwiGlu swiGlu -> 3L * hiddenSize * swiGlu.intermediateSize();
    };
    return attention + feed;
  }

  private long blockParameters() {
    Mixer.Attention a = attention();
    long norms = 2L * hiddenSize + (a.qkNorm() ? 2L * a.headDim() : 0);
    long biases = a.qkvBias() ? (long) a.headDim() * (a.numHeads() + 2L * a.numKvHeads()) : 0;
    return blockMatmulParameters() + norms + biases;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
