package dev.athanor.model;

/// The upper half of an F32.
public final class Bf16 {
  private Bf16() {}

  /// To the nearest, ties to even; NaN stays a quiet NaN.
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) (Float.isNaN(value) ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  public static float toFloat(short half) {
    return Float.intBitsToFloat(half << 16);
  }
}
