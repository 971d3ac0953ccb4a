package dev.athanor.model;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/// F32 written as what weights are kept in, a part at a time.
final class Rounding {
  private static final int PART = 1 << 15;

  private Rounding() {}

  /// @throws UserException when a number is finite and would no longer be; names the weight
  static void write(String name, DType dtype, long elements, Numbers numbers, OutputStream out) throws IOException {
    float[] part = new float[(int) Math.min(elements, PART)];
    ByteBuffer bytes = ByteBuffer.allocate(part.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (long from = 0; from < elements; ) {
      int count = (int) Math.min(part.length, elements - from);
      numbers.floats(from, part, 0, count);
      put(name, dtype, part, count, bytes.clear());
      out.write(bytes.array(), 0, bytes.position());
      from += count;
    }
  }

  private static void put(String name, DType dtype, float[] values, int count, ByteBuffer to) {
    switch (dtype) {
      case F32 -> {
        to.asFloatBuffer().put(values, 0, count);
        to.position(count * Float.BYTES);
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          short half = Float.floatToFloat16(values[i]);
          requireFinite(name, dtype, values[i], Float.float16ToFloat(half));
          to.putShort(half);
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          short half = Bf16.of(values[i]);
          requireFinite(name, dtype, values[i], Bf16.toFloat(half));
          to.putShort(half);
        }
      }
      case F64, I64, I32, I16, I8, U8, BOOL -> throw new IllegalArgumentException("weights are not written as " + dtype);
    }
  }

  private static void requireFinite(String name, DType dtype, float value, float rounded) {
    if (Float.isFinite(value) && !Float.isFinite(rounded)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "'%s' holds %g, which is beyond %s; choose %s",
              name,
              value,
              dtype,
              dtype == DType.F16 ? "bf16 or f32" : "f32"));
    }
  }
}
