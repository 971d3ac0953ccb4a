package dev.athanor.cli.bench;

import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.FeedForward;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.util.Optional;

/// The bytes of weights that one pass reads.
public final class WeightBytes {
  private WeightBytes() {}

  /// @param formats as the runner keeps them; empty: as they are stored
  /// @param tokens of the pass, which chance sends to experts
  public static double read(DecoderWeights source, WeightFormats formats, int tokens) {
    DecoderSpec spec = source.decoder();
    Optional<WeightFormat> head =
        formats.head().or(() -> formats.blocks().map(format -> format == WeightFormat.INT4 ? WeightFormat.INT8 : format));
    double bytes = 0;
    for (WeightSpec weight : WeightNames.weights(spec)) {
      bytes +=
          switch (weight.role()) {
            case EMBEDDING ->
                spec.tiedHead() && weight.name().equals(WeightNames.embedding()) ? bytes(source, weight, head) : 0;
            case HEAD -> bytes(source, weight, head);
            case MATRIX, CONVOLUTION -> bytes(source, weight, formats.blocks());
            case EXPERT -> bytes(source, weight, formats.blocks()) * touched(spec, tokens);
            case VECTOR -> 4.0 * weight.elements();
            case TABLE -> 0;
          };
    }
    return bytes;
  }

  private static double bytes(DecoderWeights source, WeightSpec weight, Optional<WeightFormat> format) {
    if (format.isPresent()) {
      return format.get().bytes() * weight.elements();
    }
    return switch (source.weight(weight.name())) {
      case StoredTensor tensor -> (double) tensor.dtype().bytes() * weight.elements();
      case QuantizedMatrix matrix -> matrix.bytes();
    };
  }

  /// The expected share of the experts that some token is sent to.
  private static double touched(DecoderSpec spec, int tokens) {
    for (BlockSpec block : spec.stack().blocks()) {
      if (block.feedForward() instanceof FeedForward.Experts experts) {
        return 1 - Math.pow(1 - (double) experts.perToken() / experts.numExperts(), tokens);
      }
    }
    return 1;
  }
}
