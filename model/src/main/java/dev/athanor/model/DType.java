package dev.athanor.model;

import java.util.Optional;

/// How a stored number is laid out, little-endian. The names are those of the safetensors format.
public enum DType {
  F32(4, "float32"),
  /// IEEE 754 binary16.
  F16(2, "float16"),
  /// The upper half of an F32.
  BF16(2, "bfloat16"),
  F64(8, "float64"),
  I64(8, "int64"),
  I32(4, "int32"),
  I16(2, "int16"),
  I8(1, "int8"),
  U8(1, "uint8"),
  BOOL(1, "bool");

  private final int bytes;
  private final String torchName;

  DType(int bytes, String torchName) {
    this.bytes = bytes;
    this.torchName = torchName;
  }

  /// Whether weights are kept in it; the others stand in published files for masks and positions.
  public boolean holdsWeights() {
    return switch (this) {
      case F32, F16, BF16 -> true;
      case F64, I64, I32, I16, I8, U8, BOOL -> false;
    };
  }

  /// The size of one number in bytes.
  public int bytes() {
    return bytes;
  }

  /// What a published `config.json` calls it.
  public String torchName() {
    return torchName;
  }

  static Optional<DType> named(String name) {
    for (DType dtype : values()) {
      if (dtype.name().equals(name)) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }
}
