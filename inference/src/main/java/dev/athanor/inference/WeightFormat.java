package dev.athanor.inference;

import dev.athanor.model.DType;
import dev.athanor.model.QuantizedMatrix;
import java.util.Locale;

/// How the engine keeps the numbers of a matrix, from the widest to the narrowest.
public enum WeightFormat {
  F32(4),
  /// Widened to F32 as they are read: the same result as with F32.
  F16(2),
  /// Widened to F32 as they are read: the same result as with F32.
  BF16(2),
  /// 8 bits, and a scale in F16 for every 32 of a row: as ggml's Q8_0. Activations stay F32.
  INT8(34 / 32.0),
  /// 4 bits, and a scale in F16 for every 32 of a row: as ggml's Q4_0. Activations are rounded to 8 bits with a scale for every 32.
  INT4(18 / 32.0);

  /// Weights of a row that share a scale.
  public static final int GROUP = QuantizedMatrix.GROUP;

  private final double bytes;

  WeightFormat(double bytes) {
    this.bytes = bytes;
  }

  /// Of one weight, its part of the scale included.
  public double bytes() {
    return bytes;
  }

  /// As options and reports name it.
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// That takes such codes as they are.
  static WeightFormat of(QuantizedMatrix.Bits bits) {
    return switch (bits) {
      case INT8 -> INT8;
      case INT4 -> INT4;
    };
  }

  /// That holds exactly what a file stores so.
  static WeightFormat of(DType stored) {
    return switch (stored) {
      case F16 -> F16;
      case BF16 -> BF16;
      case F64, F32, I64, I32, I16, I8, U8, BOOL -> F32;
    };
  }
}
