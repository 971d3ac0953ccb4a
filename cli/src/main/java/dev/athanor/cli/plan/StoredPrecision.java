package dev.athanor.cli.plan;

import dev.athanor.inference.StoredFormats;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.Footprint.Precision;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSource;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.gguf.GgufModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// What the engine keeps most numbers of a decoder's blocks in when it is not told otherwise: as they are stored. Of a folder one block
/// is looked at, the middle one, so that no more of it is read.
public final class StoredPrecision {
  private StoredPrecision() {}

  /// @param checkpoint a decoder's folder or GGUF file; of a folder no checksum is compared
  /// @throws dev.athanor.base.UserException when it is damaged or not whole
  public static Precision of(Path checkpoint) {
    try (WeightSource source = Files.isRegularFile(checkpoint) ? GgufModel.open(checkpoint) : CheckpointDir.look(checkpoint)) {
      return of(source);
    }
  }

  private static Precision of(DecoderWeights source) {
    Optional<WeightFormat> whole = StoredFormats.of(source, WeightFormats.AS_STORED).blocks();
    if (whole.isPresent()) {
      return precision(whole.get());
    }
    Map<Precision, Long> numbers = new EnumMap<>(Precision.class);
    String middle = "layers." + source.decoder().numLayers() / 2 + ".";
    for (WeightSpec weight : WeightNames.weights(source.decoder())) {
      boolean matrix = weight.role() == WeightSpec.Role.MATRIX || weight.role() == WeightSpec.Role.EXPERT;
      if (matrix && weight.name().contains(middle)) {
        Precision stored =
            switch (source.weight(weight.name())) {
              case StoredTensor tensor ->
                  tensor.dtype() == DType.BF16 ? Precision.BF16 : tensor.dtype() == DType.F16 ? Precision.F16 : Precision.F32;
              case QuantizedMatrix codes ->
                  switch (codes.bits()) {
                    case INT8 -> Precision.INT8;
                    case INT4 -> Precision.INT4;
                  };
            };
        numbers.merge(stored, weight.elements(), Long::sum);
      }
    }
    return numbers.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(Precision.F32);
  }

  private static Precision precision(WeightFormat format) {
    return switch (format) {
      case F32 -> Precision.F32;
      case BF16 -> Precision.BF16;
      case F16 -> Precision.F16;
      case INT8 -> Precision.INT8;
      case INT4 -> Precision.INT4;
    };
  }
}
