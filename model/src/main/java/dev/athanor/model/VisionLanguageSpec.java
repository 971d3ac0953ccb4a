package dev.athanor.model;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// A decoder that reads images: a vision tower's patches go through a projector and stand in the sequence where the image token
/// stands, one position a patch. Liu et al., https://arxiv.org/abs/2304.08485
///
/// @param imageToken the token whose places take the patches
/// @param featureBlock how many of the tower's blocks are run; its hidden states after them are the features
/// @param dropClassToken the class token is no feature
public record VisionLanguageSpec(
    VisionSpec vision, Projector projector, DecoderSpec decoder, int imageToken, int featureBlock, boolean dropClassToken)
    implements ModelSpec {
  public VisionLanguageSpec {
    Facts.require(imageToken >= 0 && imageToken < decoder.vocabSize(), "the image token is one of the vocabulary");
    Facts.require(
        featureBlock >= 0 && featureBlock <= vision.stack().blocks().size(), "features come from one of the tower's blocks");
    Facts.require(!dropClassToken || vision.classToken(), "the tower has no class token to drop");
  }

  /// Positions that an image takes in the sequence.
  public int positionsPerImage() {
    return vision.contextLength() - (dropClassToken ? 1 : 0);
  }

  @Override
  public int hiddenSize() {
    return decoder.hiddenSize();
  }

  @Override
  public int contextLength() {
    return decoder.contextLength();
  }

  /// From the tower's hidden size to the decoder's.
  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
  public sealed interface Projector {
    record Linear(boolean bias) implements Projector {}

    /// `linear(act(linear(x)))`
    record Mlp(Activation activation, boolean bias) implements Projector {}
  }
}
