package dev.athanor.model.gguf;

import dev.athanor.model.Bf16;
import dev.athanor.model.BlockRounding;

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
          short half = Bf16.of(values[i]);
          requireFinite(values[i], Bf16.toFloat(half));
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

  private static void q80(float[] values, int at, byte[] to, int block) {
    putShort(to, block, BlockRounding.int8(values, at, 32, to, block + 2));
  }

  private static void q40(float[] values, int at, byte[] to, int block) {
    byte[] codes = new byte[32];
    putShort(to, block, BlockRounding.int4(values, at, 32, codes, 0));
    for (int j = 0; j < 16; j++) {
      to[block + 2 + j] = (byte) ((codes[j] + 8) | ((codes[j + 16] + 8) << 4));
    }
  }

  private static void putShort(byte[] to, int at, int bits) {
    to[at] = (byte) bits;
    to[at + 1] = (byte) (bits >> 8);
  }

  private static IllegalArgumentException unwritable(GgmlType type) {
    return new IllegalArgumentException(type + " is not writable");
  }
}
