package dev.athanor.nn;

import java.util.List;

/// Sequences of tokens in which the image token stands once for every position that an image takes, and the images in their order.
///
/// @param images normalised pixels, [channels, height, width] each
public record ImageTextBatch(TokenBatch text, List<float[]> images) implements Batch {
  public ImageTextBatch {
    images = List.copyOf(images);
  }

  @Override
  public int tokens() {
    return text.tokens();
  }
}
