package dev.athanor.inference;

import java.util.Locale;

/// How the engine keeps keys and values.
public enum KvFormat {
  F32(4),
  F16(2),
  /// 8 bits, and a scale in F32 for each key and each value of a head.
  INT8(1);

  private final int bytes;

  KvFormat(int bytes) {
    this.bytes = bytes;
  }

  /// Of one number, without scales.
  public int bytes() {
    return bytes;
  }

  /// As options and reports name it.
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
