package dev.athanor.model.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How GGUF stores numbers: plain, or in blocks of equal size that share scales. The ids and sizes are those of `ggml.h`,
/// https://github.com/ggml-org/ggml; of types that are not read here only the size is known.
public enum GgmlType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  /// 32 4-bit numbers q with one scale: `d · (q − 8)`.
  Q4_0(2, 32, 18),
  /// 32 4-bit numbers q with a scale and a minimum: `d · q + m`.
  Q4_1(3, 32, 20),
  /// 32 5-bit numbers q with one scale: `d · (q − 16)`.
  Q5_0(6, 32, 22),
  /// 32 5-bit numbers q with a scale and a minimum: `d · q + m`.
  Q5_1(7, 32, 24),
  /// 32 signed bytes q with one scale: `d · q`.
  Q8_0(8, 32, 34),
  Q8_1(9, 32, 36),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  /// 8 groups of 32 4-bit numbers q; 6-bit scales s and minima m a group, scaled once more: `d · s · q − dmin · m`.
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  /// 16 groups of 16 6-bit numbers q; signed bytes s as scales, scaled once more: `d · s · (q − 32)`.
  Q6_K(14, 256, 210),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
  I8(24, 1, 1),
  I16(25, 1, 2),
  I32(26, 1, 4),
  I64(27, 1, 8),
  F64(28, 1, 8),
  IQ1_M(29, 256, 56),
  /// The upper half of an F32.
  BF16(30, 1, 2),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, 32, 17);

  private final int id;
  private final int blockSize;
  private final int blockBytes;

  GgmlType(int id, int blockSize, int blockBytes) {
    this.id = id;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  /// The number that stands for it in a file.
  public int id() {
    return id;
  }

  /// Numbers in a block; a row holds whole blocks. 1 where each number stands by itself.
  public int blockSize() {
    return blockSize;
  }

  public int blockBytes() {
    return blockBytes;
  }

  /// The size of `elements` numbers, whole blocks of them.
  ///
  /// @throws ArithmeticException when it does not fit a long
  public long bytes(long elements) {
    return Math.multiplyExact(elements / blockSize, (long) blockBytes);
  }

  /// Whether its numbers can be read as F32.
  public boolean readable() {
    return switch (this) {
      case F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K -> true;
      case Q8_1, Q2_K, Q3_K, Q5_K, Q8_K -> false;
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS -> false;
      case I8, I16, I32, I64, F64, TQ1_0, TQ2_0, MXFP4 -> false;
    };
  }

  /// Whether F32 can be written as it.
  public boolean writable() {
    return switch (this) {
      case F32, F16, BF16, Q4_0, Q8_0 -> true;
      case Q4_1, Q5_0, Q5_1, Q4_K, Q6_K -> false;
      case Q8_1, Q2_K, Q3_K, Q5_K, Q8_K -> false;
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS -> false;
      case I8, I16, I32, I64, F64, TQ1_0, TQ2_0, MXFP4 -> false;
    };
  }

  public static Optional<GgmlType> of(int id) {
    return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
  }

  /// The types that can be read, or written, for messages: "F32, F16, …".
  static String list(boolean writable) {
    List<GgmlType> types = Stream.of(values()).filter(writable ? GgmlType::writable : GgmlType::readable).toList();
    return types.stream().map(Enum::name).collect(Collectors.joining(", "));
  }
}
