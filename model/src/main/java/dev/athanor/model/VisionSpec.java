package dev.athanor.model;

/// A vision transformer: an image cut into square patches, each a position. Dosovitskiy et al., https://arxiv.org/abs/2010.11929
///
/// @param imageSize width and height in pixels
/// @param classToken one learned position before the patches, which stands for the image
/// @param patchBias the patches' projection has a bias (ViT)
/// @param preNorm a norm before the first block (CLIP)
/// @param finalNorm where the norm behind the last block applies
public record VisionSpec(
    int imageSize,
    int patchSize,
    int channels,
    boolean classToken,
    boolean patchBias,
    boolean preNorm,
    FinalNorm finalNorm,
    Stack stack)
    implements ModelSpec {
  public VisionSpec {
    Facts.require(imageSize > 0 && patchSize > 0 && channels > 0, "an image's sizes must be positive");
    Facts.require(imageSize >= patchSize, "an image holds at least one patch");
    Facts.require(!stack.causal() && stack.cross().isEmpty(), "patches see the whole image");
    Facts.require(!stack.finalNorm(), "the final norm is the tower's, not the stack's");
  }

  public enum FinalNorm {
    /// On the class token alone, as the image's vector (CLIP).
    POOLED,
    /// On all positions (ViT).
    ALL
  }

  public int patches() {
    int side = imageSize / patchSize;
    return side * side;
  }

  @Override
  public int contextLength() {
    return patches() + (classToken ? 1 : 0);
  }

  @Override
  public int hiddenSize() {
    return stack.hiddenSize();
  }
}
