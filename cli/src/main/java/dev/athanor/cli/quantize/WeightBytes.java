package dev.athanor.cli.quantize;

import dev.athanor.model.DType;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.StoredWeight;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;

/// What a model's weights take.
///
/// @param disk in files
/// @param memory in the engine, which widens all but matrices to F32
record WeightBytes(long disk, long memory) {
  static WeightBytes of(DecoderWeights model) {
    long disk = 0;
    long memory = 0;
    for (WeightSpec spec : WeightNames.weights(model.decoder())) {
      StoredWeight weight = model.weight(spec.name());
      switch (weight) {
        case QuantizedMatrix matrix -> {
          disk += matrix.bytes();
          memory += matrix.bytes();
        }
        case StoredTensor tensor -> {
          disk += tensor.bytes();
          memory += tensor.elements() * (isPacked(spec) ? tensor.dtype().bytes() : DType.F32.bytes());
        }
      }
    }
    return new WeightBytes(disk, memory);
  }

  private static boolean isPacked(WeightSpec weight) {
    return switch (weight.role()) {
      case EMBEDDING, MATRIX, EXPERT, HEAD -> weight.shape().length == 2;
      case TABLE, CONVOLUTION, VECTOR -> false;
    };
  }
}
