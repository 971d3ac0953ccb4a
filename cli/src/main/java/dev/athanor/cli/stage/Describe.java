package dev.athanor.cli.stage;

import dev.athanor.model.ModelSpec;
import java.util.Locale;

/// A model in one line.
final class Describe {
  private Describe() {}

  static String model(ModelSpec spec) {
    ModelSpec.Mixer.Attention attention = spec.attention();
    return String.format(
        Locale.ROOT,
        "%.2f M parameters (%d layers, hidden %d, %d heads over %d key-value heads, vocabulary %d, context %d)",
        spec.parameters() / 1e6,
        spec.numLayers(),
        spec.hiddenSize(),
        attention.numHeads(),
        attention.numKvHeads(),
        spec.vocabSize(),
        spec.contextLength());
  }
}
