package dev.athanor.model;

import java.util.List;
import java.util.Optional;

/// A chain of blocks over one residual stream.
///
/// @param causal a position sees those before it only
/// @param cross attention to an encoder's result, after each block's mixer (encoder-decoders)
/// @param relativeBias added to all blocks' attention scores (T5)
/// @param finalNorm a norm after the last block
public record Stack(
    int hiddenSize,
    List<BlockSpec> blocks,
    Norm norm,
    NormPlacement placement,
    boolean causal,
    Optional<Mixer.Attention> cross,
    Optional<RelativeBias> relativeBias,
    boolean finalNorm) {

  public Stack {
    blocks = List.copyOf(blocks);
    Facts.require(hiddenSize > 0, "hiddenSize must be positive");
    Facts.require(!blocks.isEmpty(), "a model needs at least one block");
  }

  /// A decoder's blocks.
  public static Stack causal(int hiddenSize, List<BlockSpec> blocks, Norm norm, NormPlacement placement) {
    return new Stack(hiddenSize, blocks, norm, placement, true, Optional.empty(), Optional.empty(), placement != NormPlacement.POST);
  }

  /// Blocks that see the whole sequence, without a norm after the last.
  public static Stack bidirectional(int hiddenSize, List<BlockSpec> blocks, Norm norm, NormPlacement placement) {
    return new Stack(hiddenSize, blocks, norm, placement, false, Optional.empty(), Optional.empty(), false);
  }

  /// Whether all blocks are alike.
  public boolean isUniform() {
    return blocks.stream().allMatch(blocks.getFirst()::equals);
  }
}
