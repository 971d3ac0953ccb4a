package dev.athanor.nn;

import dev.athanor.model.VisionSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import java.util.List;

/// A vision transformer: images to one hidden state a position.
public final class VisionTower {
  private final VisionSpec spec;
  private final Parameters parameters;
  private final BlockChain blocks;

  public VisionTower(VisionSpec spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    blocks = new BlockChain(spec.stack(), WeightNames.VISION, parameters);
  }

  /// The hidden states after the first blocks, [images · positions, hidden].
  ///
  /// @param images normalised pixels, [channels, height, width] each
  public Tensor features(List<float[]> images, int firstBlocks) {
    Sequences sequences = Sequences.equal(images.size(), spec.contextLength());
    Pass pass = new Pass(sequences, null, Dropout.NONE, new RouterLosses());
    return blocks.forward(embed(images), pass, firstBlocks);
  }

  /// The hidden states after the last block, under the final norm where that is for all positions.
  public Tensor hidden(List<float[]> images) {
    Tensor last = features(images, blocks.size());
    return switch (spec.finalNorm()) {
      case ALL -> norm(last, WeightNames.stackNorm(WeightNames.VISION));
      case POOLED -> last;
    };
  }

  /// One vector an image, [images, hidden]: the class token's, under the final norm.
  public Tensor pooled(List<float[]> images) {
    Tensor first = hidden(images).view(images.size(), spec.contextLength(), spec.hiddenSize()).select(1, 0);
    return switch (spec.finalNorm()) {
      case ALL -> first;
      case POOLED -> norm(first, WeightNames.stackNorm(WeightNames.VISION));
    };
  }

  private Tensor norm(Tensor x, String part) {
    return Affine.norm(spec.stack().norm(), parameters, part, x);
  }

  private Tensor embed(List<float[]> images) {
    int count = images.size();
    int width = spec.channels() * spec.patchSize() * spec.patchSize();
    float[] patches = new float[count * spec.patches() * width];
    for (int i = 0; i < count; i++) {
      cut(images.get(i), patches, i * spec.patches() * width);
    }
    Tensor kernel = parameters.get(WeightNames.weight(WeightNames.patches())).reshape(spec.hiddenSize(), width);
    Tensor cut = Tensor.of(patches, (long) count * spec.patches(), width);
    Tensor x =
        spec.patchBias()
            ? cut.linear(kernel, parameters.get(WeightNames.bias(WeightNames.patches())))
            : cut.linear(kernel);
    Tensor x_BPC = x.view(count, spec.patches(), spec.hiddenSize());
    if (spec.classToken()) {
      Tensor token = parameters.get(WeightNames.classToken()).view(1, 1, spec.hiddenSize());
      x_BPC = Tensor.cat(List.of(token.expand(count, 1, spec.hiddenSize()), x_BPC), 1);
    }
    Tensor placed = x_BPC.add(parameters.get(WeightNames.positions(WeightNames.VISION)).unsqueeze(0));
    Tensor x_NC = placed.reshape((long) count * spec.contextLength(), spec.hiddenSize());
    return spec.preNorm() ? norm(x_NC, WeightNames.embeddingNorm(WeightNames.VISION)) : x_NC;
  }

  /// Patches row by row, each [channels, patch, patch] as the convolution's kernel lies.
  private void cut(float[] pixels, float[] patches, int at) {
    int size = spec.imageSize();
    int patch = spec.patchSize();
    int side = size / patch;
    if (pixels.length != spec.channels() * size * size) {
      throw new IllegalArgumentException(
          pixels.length + " values for an image of " + spec.channels() + " × " + size + " × " + size);
    }
    int to = at;
    for (int py = 0; py < side; py++) {
      for (int px = 0; px < side; px++) {
        for (int channel = 0; channel < spec.channels(); channel++) {
          for (int y = 0; y < patch; y++) {
            int from = (channel * size + py * patch + y) * size + px * patch;
            System.arraycopy(pixels, from, patches, to, patch);
            to += patch;
          }
        }
      }
    }
  }
}
