package dev.athanor.model;

/// Weights rounded to a few bits, in blocks that share a scale: to the bit as ggml's reference functions
/// (`quantize_row_q8_0_ref`, `quantize_row_q4_0_ref`) round blocks of 32.
public final class BlockRounding {
  private BlockRounding() {}

  /// `d = max|x| / 127`, `q = round(x / d)`, halves away from zero. The quotient is a product with 1/d in F32.
  ///
  /// @param codes take q, −127 … 127, from the place `to` on
  /// @return d as F16
  /// @throws ArithmeticException when a number is not finite, or d is beyond F16
  public static short int8(float[] values, int at, int count, byte[] codes, int to) {
    float scale = Math.abs(values[largest(values, at, count)]) / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int j = 0; j < count; j++) {
      float x = values[at + j] * inverse;
      codes[to + j] = (byte) Math.copySign(Math.floor(Math.abs((double) x) + 0.5), x);
    }
    return half(scale);
  }

  /// `d = x / −8` for the x of largest magnitude, so that it is −8 itself; `q = ⌊x / d + 8.5⌋ − 8`. Product and sum are rounded
  /// to F32 once, as where the reference is compiled to a fused multiply-add.
  ///
  /// @param codes take q, −8 … 7, from the place `to` on
  /// @return d as F16
  /// @throws ArithmeticException when a number is not finite, or d is beyond F16
  public static short int4(float[] values, int at, int count, byte[] codes, int to) {
    float scale = values[largest(values, at, count)] / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int j = 0; j < count; j++) {
      codes[to + j] = (byte) (Math.clamp((long) (float) ((double) values[at + j] * inverse + 8.5), 0, 15) - 8);
    }
    return half(scale);
  }

  /// The place of the first number of largest magnitude.
  private static int largest(float[] values, int at, int count) {
    int largest = at;
    for (int i = at; i < at + count; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ArithmeticException("a block with the number " + values[i] + " has no scale");
      }
      if (Math.abs(values[i]) > Math.abs(values[largest])) {
        largest = i;
      }
    }
    return largest;
  }

  private static short half(float scale) {
    short half = Float.floatToFloat16(scale);
    if (!Float.isFinite(Float.float16ToFloat(half))) {
      throw new ArithmeticException("the scale " + scale + " of a block is beyond F16");
    }
    return half;
  }
}
