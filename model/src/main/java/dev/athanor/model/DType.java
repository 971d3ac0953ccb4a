package dev.athanor.model;

import java.util.Optional;

/// How a stored number is laid out, little-endian. The names are those of the safetensors format.
public enum DType {
  F32(4, "float32"),
  /// IEEE 754 binary16.
  F16(2, "float16"),
  /// The upper half of an F32.
  BF16(2, "bfloat16");

  private final int bytes;
  private final String torchName;

  DType(int bytes, String torchName) {
    this.bytes = bytes;
    this.torchName = torchName;
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
