package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A checkpoint's weights, and how they are packed.
record Weights(WeightSource checkpoint, WeightFormats formats) {
  Path path() {
    return checkpoint.path();
  }

  DecoderSpec decoder() {
    return checkpoint.decoder();
  }

  StoredTensor tensor(String name) {
    return checkpoint.tensor(name);
  }

  float[] floats(String name) {
    return checkpoint.floats(name);
  }

  /// A matrix of a block.
  PackedMatrix pack(Affine affine) {
    return pack(List.of(affine), false);
  }

  PackedMatrix pack(StoredTensor weight) {
    return pack(Affine.of(weight));
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
    try {
      return PackedMatrix.of(format, parts, aligned);
    } catch (ArithmeticException e) {
      throw new UserException(
          "%s: a weight cannot be kept as %s: %s".formatted(checkpoint.path(), format.key(), e.getMessage()), e);
    }
  }

  /// What the packed weights take in memory, nearly: all as the blocks', or as the vocabulary is stored.
  double bytes() {
    WeightFormat least = stored(List.of(Affine.of(tensor(WeightNames.embedding()))));
    return decoder().parameters() * formats.blocks().orElse(least).bytes();
  }

  /// The narrowest that holds all parts exactly.
  private static WeightFormat stored(List<Affine> parts) {
    List<WeightFormat> own = parts.stream().map(part -> WeightFormat.of(part.weight().dtype())).distinct().toList();
    return own.size() == 1 ? own.getFirst() : WeightFormat.F32;
  }
}
