package dev.athanor.model.memory;

/// How keys and values are kept.
public enum CacheNumbers {
  F32("f32", 4),
  F16("f16", 2),
  /// With a scale in f32 for each head's key and each head's value of a token.
  INT8("int8", 1);

  private final String label;
  private final int bytes;

  CacheNumbers(String label, int bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  public String label() {
    return label;
  }

  /// A key and a value of each head of one token.
  long ofToken(long heads, long headDim) {
    return 2 * heads * (bytes * headDim + (this == INT8 ? 4 : 0));
  }
}
