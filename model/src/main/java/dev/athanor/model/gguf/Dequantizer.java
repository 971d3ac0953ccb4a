package dev.athanor.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Reads numbers of any readable [GgmlType] as F32. The products are taken in the order of ggml's reference functions
/// (`dequantize_row_*`), so that every number is theirs to the bit.
final class Dequantizer {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_BLOCK_BYTES = 256;

  private Dequantizer() {}

  /// Copies `count` numbers, from the one at `from`, to `to[at…]`. They need not begin or end where a block does.
  ///
  /// @param data rows of whole blocks
  /// @throws IllegalArgumentException when the type is not readable
  static void read(GgmlType type, MemorySegment data, long from, float[] to, int at, int count) {
    switch (type) {
      case F32 -> MemorySegment.copy(data, FLOAT, from * Float.BYTES, to, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = Float.float16ToFloat(data.get(SHORT, (from + i) * Short.BYTES));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = Float.intBitsToFloat(data.get(SHORT, (from + i) * Short.BYTES) << 16);
        }
      }
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K -> readBlocks(type, data, from, to, at, count);
      case Q8_1, Q2_K, Q3_K, Q5_K, Q8_K -> throw unreadable(type);
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS -> throw unreadable(type);
      case I8, I16, I32, I64, F64, TQ1_0, TQ2_0, MXFP4 -> throw unreadable(type);
    }
  }

  private static void readBlocks(GgmlType type, MemorySegment data, long from, float[] to, int at, int count) {
    int size = type.blockSize();
    byte[] block = new byte[MAX_BLOCK_BYTES];
    float[] part = new float[size];
    for (int done = 0; done < count; ) {
      long number = from + done;
      int skip = (int) (number % size);
      int n = Math.min(size - skip, count - done);
      MemorySegment.copy(
          data, ValueLayout.JAVA_BYTE, number / size * type.blockBytes(), block, 0, type.blockBytes());
      if (n == size) {
        readBlock(type, block, to, at + done);
      } else {
        readBlock(type, block, part, 0);
        System.arraycopy(part, skip, to, at + done, n);
      }
      done += n;
    }
  }

  private static void readBlock(GgmlType type, byte[] block, float[] to, int at) {
    switch (type) {
      case Q4_0 -> q40(block, to, at);
      case Q4_1 -> q41(block, to, at);
      case Q5_0 -> q50(block, to, at);
      case Q5_1 -> q51(block, to, at);
      case Q8_0 -> q80(block, to, at);
      case Q4_K -> q4k(block, to, at);
      case Q6_K -> q6k(block, to, at);
      case F32, F16, BF16 -> throw new IllegalArgumentException(type + " has no blocks");
      case Q8_1, Q2_K, Q3_K, Q5_K, Q8_K -> throw unreadable(type);
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS -> throw unreadable(type);
      case I8, I16, I32, I64, F64, TQ1_0, TQ2_0, MXFP4 -> throw unreadable(type);
    }
  }

  // Where a byte holds two numbers, the low half is the one at j and the high half the one at j + 16.

  /// d f16, 16 bytes.
  private static void q40(byte[] block, float[] to, int at) {
    float d = half(block, 0);
    for (int j = 0; j < 16; j++) {
      int two = block[2 + j];
      to[at + j] = ((two & 0xF) - 8) * d;
      to[at + j + 16] = (((two >> 4) & 0xF) - 8) * d;
    }
  }

  /// d f16, m f16, 16 bytes.
  private static void q41(byte[] block, float[] to, int at) {
    float d = half(block, 0);
    float m = half(block, 2);
    for (int j = 0; j < 16; j++) {
      int two = block[4 + j];
      to[at + j] = (two & 0xF) * d + m;
      to[at + j + 16] = ((two >> 4) & 0xF) * d + m;
    }
  }

  /// d f16, the fifth bits of all 32 as a u32, 16 bytes.
  private static void q50(byte[] block, float[] to, int at) {
    float d = half(block, 0);
    int fifth = word(block, 2);
    for (int j = 0; j < 16; j++) {
      int two = block[6 + j];
      to[at + j] = (withFifth(two & 0xF, fifth, j) - 16) * d;
      to[at + j + 16] = (withFifth((two >> 4) & 0xF, fifth, j + 16) - 16) * d;
    }
  }

  /// d f16, m f16, the fifth bits of all 32 as a u32, 16 bytes.
  private static void q51(byte[] block, float[] to, int at) {
    float d = half(block, 0);
    float m = half(block, 2);
    int fifth = word(block, 4);
    for (int j = 0; j < 16; j++) {
      int two = block[8 + j];
      to[at + j] = withFifth(two & 0xF, fifth, j) * d + m;
      to[at + j + 16] = withFifth((two >> 4) & 0xF, fifth, j + 16) * d + m;
    }
  }

  /// d f16, 32 signed bytes.
  private static void q80(byte[] block, float[] to, int at) {
    float d = half(block, 0);
    for (int j = 0; j < 32; j++) {
      to[at + j] = block[2 + j] * d;
    }
  }

  /// d f16, dmin f16, 12 bytes of 6-bit scales and minima, 128 bytes. Groups 2g and 2g + 1 share 32 bytes, as low and high
  /// halves. Scale and minimum of the groups 0 to 3 lie in the low six bits of bytes g and g + 4; of the groups 4 to 7 the
  /// low four bits lie in byte g + 4 (scale low, minimum high) and the upper two on top of bytes g − 4 and g.
  private static void q4k(byte[] block, float[] to, int at) {
    float d = half(block, 0);
    float dmin = half(block, 2);
    for (int g = 0; g < 8; g++) {
      int scale;
      int min;
      if (g < 4) {
        scale = block[4 + g] & 63;
        min = block[8 + g] & 63;
      } else {
        scale = (block[8 + g] & 0xF) | (((block[g] >> 6) & 3) << 4);
        min = ((block[8 + g] >> 4) & 0xF) | (((block[4 + g] >> 6) & 3) << 4);
      }
      float ds = d * scale;
      float dm = dmin * min;
      int shift = (g & 1) * 4;
      int bytes = 16 + (g >> 1) * 32;
      for (int j = 0; j < 32; j++) {
        to[at + g * 32 + j] = ds * ((block[bytes + j] >> shift) & 0xF) - dm;
      }
    }
  }

  /// 128 bytes of low halves, 64 bytes of upper two bits, 16 signed scales, d f16. Each half of the block has 128 numbers
  /// in four quarters of 32: low halves of 32 bytes, of the next 32, then the high halves of both; the upper bits of the
  /// four lie in one byte.
  private static void q6k(byte[] block, float[] to, int at) {
    float d = half(block, 208);
    for (int half = 0; half < 2; half++) {
      for (int quarter = 0; quarter < 4; quarter++) {
        int low = half * 64 + (quarter & 1) * 32;
        int shift = (quarter >> 1) * 4;
        int high = 128 + half * 32;
        int scales = 192 + half * 8 + quarter * 2;
        int first = at + half * 128 + quarter * 32;
        for (int j = 0; j < 32; j++) {
          int q = ((block[low + j] >> shift) & 0xF) | (((block[high + j] >> (quarter * 2)) & 3) << 4);
          to[first + j] = d * block[scales + (j >> 4)] * (q - 32);
        }
      }
    }
  }

  private static int withFifth(int low, int fifth, int bit) {
    return low | (((fifth >>> bit) & 1) << 4);
  }

  private static float half(byte[] block, int at) {
    return Float.float16ToFloat((short) ((block[at] & 0xFF) | (block[at + 1] << 8)));
  }

  private static int word(byte[] block, int at) {
    return (block[at] & 0xFF) | ((block[at + 1] & 0xFF) << 8) | ((block[at + 2] & 0xFF) << 16) | (block[at + 3] << 24);
  }

  private static IllegalArgumentException unreadable(GgmlType type) {
    return new IllegalArgumentException(type + " is not readable");
  }
}
