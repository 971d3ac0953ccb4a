package dev.athanor.model.gguf;

import dev.athanor.model.DType;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A [QuantizedMatrix] as GGUF's blocks of 32 and back, code by code and scale by scale.
final class GgufBlocks {
  private static final int BLOCK = QuantizedMatrix.GROUP;

  private GgufBlocks() {}

  static GgmlType type(QuantizedMatrix.Bits bits) {
    return switch (bits) {
      case INT8 -> GgmlType.Q8_0;
      case INT4 -> GgmlType.Q4_0;
    };
  }

  /// Rows of bytes, [rows, bytes of a row], so that what moves rows moves them too.
  static StoredTensor of(QuantizedMatrix matrix) {
    GgmlType type = type(matrix.bits());
    byte[] bytes = new byte[Math.toIntExact(type.bytes(matrix.codes().length))];
    for (int block = 0; block < matrix.scales().length; block++) {
      int at = block * type.blockBytes();
      int code = block * BLOCK;
      bytes[at] = (byte) matrix.scales()[block];
      bytes[at + 1] = (byte) (matrix.scales()[block] >> 8);
      switch (matrix.bits()) {
        case INT8 -> System.arraycopy(matrix.codes(), code, bytes, at + 2, BLOCK);
        case INT4 -> {
          for (int j = 0; j < BLOCK / 2; j++) {
            bytes[at + 2 + j] = (byte) ((matrix.codes()[code + j] + 8) | ((matrix.codes()[code + BLOCK / 2 + j] + 8) << 4));
          }
        }
      }
    }
    return new StoredTensor(DType.I8, new long[] {matrix.rows(), bytes.length / matrix.rows()}, MemorySegment.ofArray(bytes));
  }

  /// @param rows as [#of] makes them
  static QuantizedMatrix of(QuantizedMatrix.Bits bits, StoredTensor rows) {
    GgmlType type = type(bits);
    byte[] bytes = rows.data().toArray(ValueLayout.JAVA_BYTE);
    int blocks = bytes.length / type.blockBytes();
    byte[] codes = new byte[Math.multiplyExact(blocks, BLOCK)];
    short[] scales = new short[blocks];
    for (int block = 0; block < blocks; block++) {
      int at = block * type.blockBytes();
      int code = block * BLOCK;
      scales[block] = (short) ((bytes[at] & 0xff) | (bytes[at + 1] << 8));
      switch (bits) {
        case INT8 -> System.arraycopy(bytes, at + 2, codes, code, BLOCK);
        case INT4 -> {
          for (int j = 0; j < BLOCK / 2; j++) {
            codes[code + j] = (byte) ((bytes[at + 2 + j] & 15) - 8);
            codes[code + BLOCK / 2 + j] = (byte) (((bytes[at + 2 + j] >> 4) & 15) - 8);
          }
        }
      }
    }
    int height = Math.toIntExact(rows.shape()[0]);
    return new QuantizedMatrix(bits, height, codes.length / height, codes, scales);
  }
}
