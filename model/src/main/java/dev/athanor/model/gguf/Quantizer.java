package dev.athanor.model.gguf;

/// Writes F32 as any writable [GgmlType], rounded as ggml's reference functions (`quantize_row_*_ref`) round, to the bit.
final class Quantizer {
  private Quantizer() {}

  /// Writes `count` numbers, whole blocks of them, to `to[0…]`.
  ///
  /// @throws ArithmeticException when a number is finite and would no longer be, or a block holds one that a block cannot: NaN,
  ///     infinity, or one whose scale is beyond F16
  /// @throws IllegalArgumentException when the type is not writable
  static void write(GgmlType type, float[] values, int count, byte[] to) {
    switch (type) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          int bits = Float.floatToRawIntBits(values[i]);
          putShort(to, i * 4, bits);
          putShort(to, i * 4 + 2, bits >> 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          short half = Float.floatToFloat16(values[i]);
          requireFinite(values[i], Float.float16ToFloat(half));
          putShort(to, i * 2, half);
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          int half = toBf16(values[i]);
          requireFinite(values[i], Float.intBitsToFloat(half << 16));
          putShort(to, i * 2, half);
        }
      }
      case Q8_0 -> {
        for (int block = 0; block < count / 32; block++) {
          q80(values, block * 32, to, block * type.blockBytes());
        }
      }
      case Q4_0 -> {
        for (int block = 0; block < count / 32; block++) {
          q40(values, block * 32, to, block * type.blockBytes());
        }
      }
      case Q4_1, Q5_0, Q5_1, Q4_K, Q6_K -> throw unwritable(type);
      case Q8_1, Q2_K, Q3_K, Q5_K, Q8_K -> throw unwritable(type);
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS -> throw unwritable(type);
      case I8, I16, I32, I64, F64, TQ1_0, TQ2_0, MXFP4 -> throw unwritable(type);
    }
  }

  private static void requireFinite(float value, float rounded) {
    if (Float.isFinite(value) && !Float.isFinite(rounded)) {
      throw new ArithmeticException("the number " + value + " is beyond it");
    }
  }

  /// `d = max|x| / 127`, `q = round(x / d)`, halves away from zero. The quotient is a product with 1/d in F32.
  private static void q80(float[] values, int at, byte[] to, int block) {
    float scale = Math.abs(values[largest(values, at)]) / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    putScale(scale, to, block);
    for (int j = 0; j < 32; j++) {
      float x = values[at + j] * inverse;
      to[block + 2 + j] = (byte) Math.copySign(Math.floor(Math.abs((double) x) + 0.5), x);
    }
  }

  /// `d = x / −8` for the x of largest magnitude, so that it is −8 itself; `q = ⌊x / d + 8.5⌋` from 0 to 15. Product and sum
  /// are rounded to F32 once, as where the reference is compiled to a fused multiply-add.
  private static void q40(float[] values, int at, byte[] to, int block) {
    float scale = values[largest(values, at)] / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    putScale(scale, to, block);
    for (int j = 0; j < 16; j++) {
      int low = nibble(values[at + j], inverse);
      int high = nibble(values[at + j + 16], inverse);
      to[block + 2 + j] = (byte) (low | high << 4);
    }
  }

  private static int nibble(float x, float inverse) {
    return Math.clamp((long) (float) ((double) x * inverse + 8.5), 0, 15);
  }

  /// The place of the first number of largest magnitude.
  private static int largest(float[] values, int at) {
    int largest = at;
    for (int i = at; i < at + 32; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ArithmeticException("a block with the number " + values[i] + " has no scale");
      }
      if (Math.abs(values[i]) > Math.abs(values[largest])) {
        largest = i;
      }
    }
    return largest;
  }

  private static void putScale(float scale, byte[] to, int at) {
    short half = Float.floatToFloat16(scale);
    if (!Float.isFinite(Float.float16ToFloat(half))) {
      throw new ArithmeticException("the scale " + scale + " of a block is beyond F16");
    }
    putShort(to, at, half);
  }

  private static void putShort(byte[] to, int at, int bits) {
    to[at] = (byte) bits;
    to[at + 1] = (byte) (bits >> 8);
  }

  /// To the nearest, ties to even; NaN stays a quiet NaN.
  private static int toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.isNaN(value) ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }

  private static IllegalArgumentException unwritable(GgmlType type) {
    return new IllegalArgumentException(type + " is not writable");
  }
}
