package dev.athanor.inference;

import java.util.Optional;

/// How the engine keeps a model's matrices.
///
/// @param blocks those of the blocks; empty for as they are stored. What routes to experts and what sets a state space's steps stays as
///     it is stored.
/// @param head the vocabulary's: embedding and output; empty for as the blocks, but INT8 where those are INT4
public record WeightFormats(Optional<WeightFormat> blocks, Optional<WeightFormat> head) {
  public static final WeightFormats AS_STORED = new WeightFormats(Optional.empty(), Optional.empty());

  public static WeightFormats of(WeightFormat all) {
    return new WeightFormats(Optional.of(all), Optional.empty());
  }

  /// Of the vocabulary's matrices; empty for as they are stored.
  public Optional<WeightFormat> headFormat() {
    return head.isPresent() ? head : blocks.map(format -> format == WeightFormat.INT4 ? WeightFormat.INT8 : format);
  }
}
