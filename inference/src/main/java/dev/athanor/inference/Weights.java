package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.StoredWeight;
import dev.athanor.model.WeightNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model's weights, and how they are packed.
///
/// @param watcher is shown what the matrices read, where somebody wants to see it
/// @param packed what was packed already, for those who load the same whole matrices several times and keep them once
record Weights(DecoderWeights model, WeightFormats formats, Optional<InputWatcher> watcher, Optional<Map<Packing, PackedMatrix>> packed) {
  /// What is packed together, and how.
  record Packing(WeightFormat format, List<String> names, boolean aligned) {}

  /// Packed anew for everybody who asks.
  Weights(DecoderWeights model, WeightFormats formats, Optional<InputWatcher> watcher) {
    this(model, formats, watcher, Optional.empty());
  }

  String source() {
    return model.source();
  }

  DecoderSpec decoder() {
    return model.decoder();
  }

  StoredWeight weight(String name) {
    return model.weight(name);
  }

  float[] floats(String name) {
    return weight(name).widened().floats();
  }

  /// A map without a bias.
  Affine affine(String name) {
    return Affine.of(name, weight(name));
  }

  /// A matrix of a block.
  PackedMatrix pack(Affine affine) {
    return pack(List.of(affine), false);
  }

  /// Several of a block's matrices that read the same input.
  PackedMatrix pack(List<Affine> parts, boolean aligned) {
    return pack(formats.blocks(), parts, aligned);
  }

  /// A matrix of the vocabulary.
  PackedMatrix packHead(Affine affine) {
    return pack(formats.headFormat(), List.of(affine), false);
  }

  /// A matrix that stays as it is stored.
  PackedMatrix packAsStored(Affine affine) {
    return pack(Optional.empty(), List.of(affine), false);
  }

  private PackedMatrix pack(Optional<WeightFormat> wanted, List<Affine> parts, boolean aligned) {
    WeightFormat format = wanted.orElseGet(() -> stored(parts));
    if (packed.isPresent()) {
      Packing packing = new Packing(format, parts.stream().map(Affine::name).toList(), aligned);
      return packed.get().computeIfAbsent(packing, _ -> pack(format, parts, aligned));
    }
    return pack(format, parts, aligned);
  }

  private PackedMatrix pack(WeightFormat format, List<Affine> parts, boolean aligned) {
    try {
      PackedMatrix matrix = PackedMatrix.of(format, parts, aligned);
      return watcher.isEmpty()
          ? matrix
          : new WatchedMatrix(matrix, parts.stream().map(Affine::name).distinct().toList(), watcher.get());
    } catch (ArithmeticException e) {
      throw new UserException(
          "%s: a weight cannot be kept as %s: %s".formatted(source(), format.key(), e.getMessage()), e);
    }
  }

  /// What the packed weights take in memory, nearly: all as the blocks', or as the vocabulary is stored.
  double bytes() {
    WeightFormat format = formats.blocks().orElseGet(() -> stored(List.of(affine(WeightNames.embedding()))));
    return decoder().parameters() * format.bytes();
  }

  /// The narrowest that holds all parts exactly.
  private static WeightFormat stored(List<Affine> parts) {
    List<WeightFormat> own = parts.stream().map(part -> stored(part.weight())).distinct().toList();
    if (own.size() == 1) {
      return own.getFirst();
    }
    // Codes of 4 bits are codes of 8 bits too.
    boolean whole = own.stream().allMatch(format -> format == WeightFormat.INT8 || format == WeightFormat.INT4);
    return whole ? WeightFormat.INT8 : WeightFormat.F32;
  }

  private static WeightFormat stored(StoredWeight weight) {
    return switch (weight) {
      case StoredTensor tensor -> WeightFormat.of(tensor.dtype());
      case QuantizedMatrix matrix -> WeightFormat.of(matrix.bits());
    };
  }
}
