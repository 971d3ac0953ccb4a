package dev.athanor.cli.stage;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.NgramEmbedding;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A model in one line.
final class Describe {
  private Describe() {}

  static String model(DecoderSpec spec) {
    return String.format(
        Locale.ROOT,
        "%.2f M parameters%s (%d layers, hidden %d, %s, vocabulary %d, context %d)",
        spec.denseParameters() / 1e6,
        spec.ngrams().map(Describe::tables).orElse(""),
        spec.numLayers(),
        spec.hiddenSize(),
        spec.stack().blocks().stream().flatMap(Describe::parts).distinct().collect(Collectors.joining(", ")),
        spec.vocabSize(),
        spec.contextLength());
  }

  private static Stream<String> parts(BlockSpec block) {
    String mixer =
        switch (block.mixer()) {
          case Mixer.Attention a -> a.numHeads() + " heads over " + a.numKvHeads() + " key-value heads";
          case Mixer.Mamba m -> "Mamba of " + m.innerSize() + " channels";
          case Mixer.Mamba2 m -> "Mamba-2 of " + m.numHeads() + " heads";
        };
    return switch (block.feedForward()) {
      case FeedForward.Experts e -> Stream.of(mixer, e.numExperts() + " experts, " + e.perToken() + " a token");
      case FeedForward.Gated _, FeedForward.Plain _, FeedForward.None _ -> Stream.of(mixer);
    };
  }

  private static String tables(NgramEmbedding ngrams) {
    return String.format(
        Locale.ROOT,
        " and %.1f M in the tables of %s-grams",
        ngrams.tableParameters() / 1e6,
        ngrams.orders().stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }
}
