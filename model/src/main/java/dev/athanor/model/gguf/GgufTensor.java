package dev.athanor.model.gguf;

import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// A tensor of a GGUF file: a view that is valid until the file is closed.
///
/// @param file where it lies, for messages
/// @param shape row-major, the outermost dimension first, as everywhere in Athanor: a matrix is [out, in]. (The file lists
///     dimensions the other way round.) Empty for a single number; a dimension may be 0
/// @param data whole blocks, row by row
public record GgufTensor(Path file, String name, GgmlType type, long[] shape, MemorySegment data) {
  public GgufTensor {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  public long elements() {
    return data.byteSize() / type.blockBytes() * type.blockSize();
  }

  /// All numbers as F32.
  ///
  /// @throws UserException when the type is not readable
  public float[] floats() {
    float[] values = new float[Math.toIntExact(elements())];
    floats(0, values, 0, values.length);
    return values;
  }

  /// Copies `count` numbers, from the one at `from`, as F32 to `to[at…]`. They need not begin or end where a block does.
  ///
  /// @throws UserException when the type is not readable
  public void floats(long from, float[] to, int at, int count) {
    if (!type.readable()) {
      throw new UserException(
          "%s: '%s' is stored as %s; Athanor reads %s".formatted(file, name, type, GgmlType.list(false)));
    }
    Dequantizer.read(type, data, from, to, at, count);
  }

  /// The same view, where the numbers are not quantized.
  public Optional<StoredTensor> stored() {
    Optional<DType> dtype =
        switch (type) {
          case F32 -> Optional.of(DType.F32);
          case F16 -> Optional.of(DType.F16);
          case BF16 -> Optional.of(DType.BF16);
          case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K -> Optional.empty();
          case Q8_1, Q2_K, Q3_K, Q5_K, Q8_K -> Optional.empty();
          case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS -> Optional.empty();
          case I8, I16, I32, I64, F64, TQ1_0, TQ2_0, MXFP4 -> Optional.empty();
        };
    return dtype.map(plain -> new StoredTensor(plain, shape, data));
  }
}
