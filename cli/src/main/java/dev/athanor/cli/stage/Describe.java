package dev.athanor.cli.stage;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import dev.athanor.model.NgramEmbedding;
import java.util.Locale;
import java.util.stream.Collectors;

/// A model in one line.
final class Describe {
  private Describe() {}

  static String model(DecoderSpec spec) {
    Mixer.Attention attention = spec.attention();
    return String.format(
        Locale.ROOT,
        "%.2f M parameters%s (%d layers, hidden %d, %d heads over %d key-value heads, vocabulary %d, context %d)",
        spec.denseParameters() / 1e6,
        spec.ngrams().map(Describe::tables).orElse(""),
        spec.numLayers(),
        spec.hiddenSize(),
        attention.numHeads(),
        attention.numKvHeads(),
        spec.vocabSize(),
        spec.contextLength());
  }

  private static String tables(NgramEmbedding ngrams) {
    return String.format(
        Locale.ROOT,
        " and %.1f M in the tables of %s-grams",
        ngrams.tableParameters() / 1e6,
        ngrams.orders().stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }
}
