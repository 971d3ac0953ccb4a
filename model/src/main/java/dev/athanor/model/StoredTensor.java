package dev.athanor.model;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A tensor as it lies in a file: little-endian numbers in row-major order. A view into a mapped file is valid until that
/// file is closed.
///
/// @param shape empty for a single number; a dimension may be 0
/// @param data exactly `elements() · dtype.bytes()` bytes
public record StoredTensor(DType dtype, long[] shape, MemorySegment data) implements TensorSource, StoredWeight {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public StoredTensor {
    shape = shape.clone();
    long bytes = elements(shape) * dtype.bytes();
    if (bytes != data.byteSize()) {
      throw new IllegalArgumentException(
          Arrays.toString(shape) + " of " + dtype + " takes " + bytes + " bytes, not " + data.byteSize());
    }
  }

  /// A copy of `values` as F32.
  public static StoredTensor of(float[] values, long... shape) {
    return of(DType.F32, values, shape);
  }

  /// A copy of `values`, rounded to the nearest number that `dtype` holds (ties to even).
  public static StoredTensor of(DType dtype, float[] values, long... shape) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, dtype.bytes())]);
    switch (dtype) {
      case F64, I64, I32, I16, I8, U8, BOOL -> throw new IllegalArgumentException("weights are not written as " + dtype);
      case F32 -> MemorySegment.copy(values, 0, data, FLOAT, 0, values.length);
      case F16 -> {
        for (int i = 0; i < values.length; i++) {
          data.setAtIndex(SHORT, i, Float.floatToFloat16(values[i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < values.length; i++) {
          data.setAtIndex(SHORT, i, Bf16.of(values[i]));
        }
      }
    }
    return new StoredTensor(dtype, shape, data);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public long elements() {
    return elements(shape);
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    byte[] buffer = new byte[(int) Math.min(data.byteSize(), 1 << 20)];
    for (long at = 0; at < data.byteSize(); ) {
      int n = (int) Math.min(buffer.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, buffer, 0, n);
      out.write(buffer, 0, n);
      at += n;
    }
  }

  /// The same numbers as another dtype, rounded as they are written; itself where it is of that dtype.
  ///
  /// @param name for messages
  public TensorSource as(DType other, String name) {
    return other == dtype ? this : TensorSource.rounded(name, other, shape, this);
  }

  /// All numbers as F32.
  public float[] floats() {
    float[] values = new float[Math.toIntExact(elements())];
    floats(0, values, 0, values.length);
    return values;
  }

  /// Copies `count` numbers, from the one at `from`, as F32 to `to[at…]`.
  @Override
  public void floats(long from, float[] to, int at, int count) {
    long offset = from * dtype.bytes();
    switch (dtype) {
      case F64 -> fill(to, at, count, i -> (float) data.get(DOUBLE, offset + 8L * i));
      case I64 -> fill(to, at, count, i -> data.get(LONG, offset + 8L * i));
      case I32 -> fill(to, at, count, i -> data.get(INT, offset + 4L * i));
      case I16 -> fill(to, at, count, i -> data.get(SHORT, offset + 2L * i));
      case I8 -> fill(to, at, count, i -> data.get(ValueLayout.JAVA_BYTE, offset + i));
      case U8, BOOL -> fill(to, at, count, i -> data.get(ValueLayout.JAVA_BYTE, offset + i) & 0xff);
      case F32 -> MemorySegment.copy(data, FLOAT, offset, to, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = Float.float16ToFloat(data.get(SHORT, offset + 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = Bf16.toFloat(data.get(SHORT, offset + 2L * i));
        }
      }
    }
  }

  /// A whole number as it is stored.
  long integer(long index) {
    return switch (dtype) {
      case I64 -> data.getAtIndex(LONG, index);
      case I32 -> data.getAtIndex(INT, index);
      case I16 -> data.getAtIndex(SHORT, index);
      case I8 -> data.get(ValueLayout.JAVA_BYTE, index);
      case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, index) & 0xff;
      case F64, F32, F16, BF16 -> throw new IllegalArgumentException(dtype + " holds no whole numbers");
    };
  }

  private interface Read {
    float at(int index);
  }

  private static void fill(float[] to, int at, int count, Read read) {
    for (int i = 0; i < count; i++) {
      to[at + i] = read.at(i);
    }
  }

  @Override
  public StoredTensor reshaped(long... other) {
    return new StoredTensor(dtype, other, data);
  }

  @Override
  public StoredTensor widened() {
    return this;
  }

  /// Rows `from` to `to` of the first dimension, a view.
  @Override
  public StoredTensor rows(long from, long to) {
    long[] part = shape.clone();
    long row = data.byteSize() / shape[0];
    part[0] = to - from;
    return new StoredTensor(dtype, part, data.asSlice(from * row, (to - from) * row));
  }

  /// A copy.
  @Override
  public StoredTensor transposed() {
    int rows = Math.toIntExact(shape[0]);
    int columns = Math.toIntExact(shape[1]);
    int width = dtype.bytes();
    MemorySegment copy = MemorySegment.ofArray(new byte[Math.toIntExact(data.byteSize())]);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        long from = ((long) row * columns + column) * width;
        MemorySegment.copy(data, from, copy, ((long) column * rows + row) * width, width);
      }
    }
    return new StoredTensor(dtype, new long[] {columns, rows}, copy);
  }

  /// The number of elements of a tensor of this shape.
  ///
  /// @throws ArithmeticException when it does not fit a long
  static long elements(long... shape) {
    long product = 1;
    for (long dimension : shape) {
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }
}
