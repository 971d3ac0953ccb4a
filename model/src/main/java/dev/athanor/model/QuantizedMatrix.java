package dev.athanor.model;

import java.util.Arrays;
import java.util.List;

/// A matrix of whole numbers of few bits, [rows, cols], each [#GROUP] columns of a row with a scale: a weight is `code · scale`.
///
/// @param codes row by row; of 8 bits −128 … 127, of 4 bits −8 … 7
/// @param scales F16, row by row, [#groups] of each; negative where the code of largest magnitude is of the other sign
public record QuantizedMatrix(Bits bits, int rows, int cols, byte[] codes, short[] scales) implements StoredWeight {
  /// Columns that share a scale; the last of a row may be fewer.
  public static final int GROUP = 32;

  /// How wide a code is.
  public enum Bits {
    INT8(8),
    INT4(4);

    private final int count;

    Bits(int count) {
      this.count = count;
    }

    public int count() {
      return count;
    }

    /// Of the codes.
    public int least() {
      return -(1 << (count - 1));
    }

    /// Of the codes.
    public int most() {
      return (1 << (count - 1)) - 1;
    }
  }

  public QuantizedMatrix {
    if (codes.length != Math.multiplyExact(rows, cols) || scales.length != Math.multiplyExact(rows, groups(cols))) {
      throw new IllegalArgumentException(
          "[%d, %d] takes %d codes and %d scales, not %d and %d"
              .formatted(rows, cols, (long) rows * cols, (long) rows * groups(cols), codes.length, scales.length));
    }
  }

  /// Each group rounded by itself, as [BlockRounding] rounds.
  ///
  /// @param values row by row
  /// @throws ArithmeticException when a number is not finite, or a scale is beyond F16
  public static QuantizedMatrix rounded(Bits bits, int rows, int cols, float[] values) {
    byte[] codes = new byte[values.length];
    int groups = groups(cols);
    short[] scales = new short[Math.multiplyExact(rows, groups)];
    for (int row = 0; row < rows; row++) {
      for (int g = 0; g < groups; g++) {
        int at = row * cols + g * GROUP;
        int count = Math.min(GROUP, cols - g * GROUP);
        scales[row * groups + g] =
            switch (bits) {
              case INT8 -> BlockRounding.int8(values, at, count, codes, at);
              case INT4 -> BlockRounding.int4(values, at, count, codes, at);
            };
      }
    }
    return new QuantizedMatrix(bits, rows, cols, codes, scales);
  }

  /// One below the other.
  public static QuantizedMatrix joined(List<QuantizedMatrix> parts) {
    QuantizedMatrix first = parts.getFirst();
    int rows = parts.stream().mapToInt(QuantizedMatrix::rows).sum();
    byte[] codes = new byte[Math.multiplyExact(rows, first.cols)];
    short[] scales = new short[Math.multiplyExact(rows, first.groups())];
    int row = 0;
    for (QuantizedMatrix part : parts) {
      if (part.bits != first.bits || part.cols != first.cols) {
        throw new IllegalArgumentException("matrices of different bits or widths are not joined");
      }
      System.arraycopy(part.codes, 0, codes, row * first.cols, part.codes.length);
      System.arraycopy(part.scales, 0, scales, row * first.groups(), part.scales.length);
      row += part.rows;
    }
    return new QuantizedMatrix(first.bits, rows, first.cols, codes, scales);
  }

  /// Of a row.
  public int groups() {
    return groups(cols);
  }

  static int groups(int cols) {
    return (cols + GROUP - 1) / GROUP;
  }

  /// The scale of a row's group of columns.
  public float scale(int row, int group) {
    return Float.float16ToFloat(scales[row * groups() + group]);
  }

  /// Packed, the scales included.
  public long bytes() {
    return (long) rows * (((long) cols * bits.count + 7) / 8 + 2L * groups());
  }

  @Override
  public long[] shape() {
    return new long[] {rows, cols};
  }

  @Override
  public QuantizedMatrix rows(long from, long to) {
    int first = Math.toIntExact(from);
    int last = Math.toIntExact(to);
    return new QuantizedMatrix(
        bits,
        last - first,
        cols,
        Arrays.copyOfRange(codes, first * cols, last * cols),
        Arrays.copyOfRange(scales, first * groups(), last * groups()));
  }

  @Override
  public void floats(long from, float[] to, int at, int count) {
    int begin = Math.toIntExact(from);
    for (int i = 0; i < count; i++) {
      int place = begin + i;
      to[at + i] = codes[place] * scale(place / cols, place % cols / GROUP);
    }
  }

  /// All weights as F32.
  public float[] floats() {
    float[] values = new float[codes.length];
    floats(0, values, 0, values.length);
    return values;
  }

  @Override
  public StoredTensor widened() {
    return StoredTensor.of(floats(), rows, cols);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QuantizedMatrix that
        && bits == that.bits
        && rows == that.rows
        && cols == that.cols
        && Arrays.equals(codes, that.codes)
        && Arrays.equals(scales, that.scales);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(codes) + Arrays.hashCode(scales);
  }

  @Override
  public String toString() {
    return "%s [%d, %d]".formatted(bits, rows, cols);
  }
}
