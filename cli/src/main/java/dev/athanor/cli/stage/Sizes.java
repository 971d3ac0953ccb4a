package dev.athanor.cli.stage;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import java.util.List;

/// The sizes that a time budget chooses among, from small to large, and what stands between a recipe's `model` and a spec.
final class Sizes {
  static final Recipe.Model DEFAULT = model(128, 2);

  static final List<Recipe.Model> LADDER =
      List.of(
          model(64, 2),
          model(96, 2),
          DEFAULT,
          model(192, 2),
          model(256, 3),
          model(320, 4),
          model(384, 6),
          model(512, 8),
          model(768, 12),
          model(1024, 16));

  private Sizes() {}

  static DecoderSpec spec(Recipe.Model model, int vocabSize, int contextLength) {
    int kvHeads = model.kvHeads() == null ? model.heads() : model.kvHeads();
    int intermediate = model.intermediateSize() == null ? 3 * model.hiddenSize() : model.intermediateSize();
    return DecoderSpec.uniform(
        vocabSize,
        model.hiddenSize(),
        model.layers(),
        contextLength,
        new Mixer.Attention(
            model.heads(),
            kvHeads,
            model.hiddenSize() / model.heads(),
            new Rope(model.ropeTheta()),
            model.qkNorm(),
            false),
        new FeedForward.Gated(intermediate),
        new Norm.Rms(1e-6),
        true);
  }

  /// Heads of 32 or 64 values, each pair of query heads on one key-value head.
  private static Recipe.Model model(int hiddenSize, int layers) {
    int heads = hiddenSize / (hiddenSize <= 256 ? 32 : 64);
    return new Recipe.Model(hiddenSize, layers, heads, heads % 2 == 0 ? heads / 2 : heads, null, true, 10_000);
  }
}
