package dev.athanor.cli.stage;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A model in one line.
final class Describe {
  private Describe() {}

  static String model(ModelSpec spec) {
    return switch (spec) {
      case DecoderSpec decoder -> decoder(decoder);
      case EncoderSpec encoder ->
          other(spec, encoder.stack().blocks(), encoder.stack().blocks().size() + " layers", encoder.vocabSize());
      case EncoderDecoderSpec both -> {
        String layers = both.encoder().blocks().size() + " + " + both.decoder().blocks().size() + " layers";
        yield other(spec, both.decoder().blocks(), layers, both.vocabSize());
      }
      case VisionSpec _, VisionLanguageSpec _ -> throw new IllegalArgumentException("no recipe trains a " + spec.kind());
    };
  }

  private static String other(ModelSpec spec, List<BlockSpec> blocks, String layers, int vocabulary) {
    return String.format(
        Locale.ROOT,
        "%s of %.2f M parameters (%s, hidden %d, %s, vocabulary %d, context %d)",
        spec.kind(),
        spec.parameters() / 1e6,
        layers,
        spec.hiddenSize(),
        blocks.stream().flatMap(Describe::parts).distinct().collect(Collectors.joining(", ")),
        vocabulary,
        spec.contextLength());
  }

  private static String decoder(DecoderSpec spec) {
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
