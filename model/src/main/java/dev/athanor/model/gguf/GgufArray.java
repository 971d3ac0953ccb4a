package dev.athanor.model.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// An array of a GGUF file's metadata, kept as it is encoded and decoded when asked for: vocabularies are long, and most
/// readers want other keys. One that was read is valid until its file is closed.
public final class GgufArray implements GgufValue {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Kind elements;
  private final int size;
  private final MemorySegment encoded;

  /// @param encoded the elements, checked: as many as `size`, nothing after them
  GgufArray(Kind elements, int size, MemorySegment encoded) {
    this.elements = elements;
    this.size = size;
    this.encoded = encoded;
  }

  public static GgufArray ofTexts(List<String> values) {
    return encoded(
        Kind.TEXT,
        values,
        (value, out) -> {
          byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
          out.writeBytes(word(utf8.length).array());
          out.writeBytes(utf8);
        });
  }

  public static GgufArray ofI32(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return new GgufArray(Kind.I32, values.length, MemorySegment.ofArray(bytes.array()));
  }

  public static GgufArray ofF32(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new GgufArray(Kind.F32, values.length, MemorySegment.ofArray(bytes.array()));
  }

  public static GgufArray ofBools(List<Boolean> values) {
    return encoded(Kind.BOOL, values, (value, out) -> out.write(value ? 1 : 0));
  }

  public static GgufArray ofArrays(List<GgufArray> values) {
    return encoded(
        Kind.ARRAY,
        values,
        (value, out) -> {
          out.writeBytes(value.header().array());
          out.writeBytes(value.encoded.toArray(ValueLayout.JAVA_BYTE));
        });
  }

  private static <T> GgufArray encoded(Kind kind, List<T> values, BiConsumer<T, ByteArrayOutputStream> encoder) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    values.forEach(value -> encoder.accept(value, out));
    return new GgufArray(kind, values.size(), MemorySegment.ofArray(out.toByteArray()));
  }

  private static ByteBuffer word(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
  }

  @Override
  public Kind kind() {
    return Kind.ARRAY;
  }

  public Kind elements() {
    return elements;
  }

  public int size() {
    return size;
  }

  /// What stands before the elements in a file.
  ByteBuffer header() {
    return ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putInt(elements.id()).putLong(size).flip();
  }

  MemorySegment encoded() {
    return encoded;
  }

  /// The elements of an array of texts. Malformed UTF-8 becomes U+FFFD.
  ///
  /// @throws IllegalArgumentException where the elements are of another kind
  public List<String> texts() {
    require(elements == Kind.TEXT, "texts");
    List<String> texts = new ArrayList<>(size);
    long at = 0;
    for (int i = 0; i < size; i++) {
      int length = (int) encoded.get(LONG, at);
      texts.add(length == 0 ? "" : utf8(at + 8, length));
      at += 8 + length;
    }
    return texts;
  }

  private String utf8(long at, int length) {
    return new String(encoded.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /// The elements of an array of whole numbers of any width.
  ///
  /// @throws IllegalArgumentException where the elements are of another kind
  public long[] integers() {
    require(elements.isInteger(), "integers");
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = integer(elements, encoded, (long) i * elements.bytes());
    }
    return values;
  }

  /// @throws IllegalArgumentException where the elements are neither F32 nor F64
  public double[] reals() {
    require(elements == Kind.F32 || elements == Kind.F64, "reals");
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = real(elements, encoded, (long) i * elements.bytes());
    }
    return values;
  }

  /// @throws IllegalArgumentException where the elements are of another kind
  public List<Boolean> bools() {
    require(elements == Kind.BOOL, "bools");
    List<Boolean> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(encoded.get(ValueLayout.JAVA_BYTE, i) != 0);
    }
    return values;
  }

  /// The elements of an array of arrays.
  ///
  /// @throws IllegalArgumentException where the elements are of another kind
  public List<GgufArray> arrays() {
    require(elements == Kind.ARRAY, "arrays");
    List<GgufArray> values = new ArrayList<>(size);
    long at = 0;
    for (int i = 0; i < size; i++) {
      Kind inner = kindAt(encoded, at);
      int innerSize = (int) encoded.get(LONG, at + 4);
      long end = end(inner, innerSize, encoded, at + 12);
      values.add(new GgufArray(inner, innerSize, encoded.asSlice(at + 12, end - at - 12)));
      at = end;
    }
    return values;
  }

  /// Where checked elements that begin at `from` end.
  private static long end(Kind kind, int size, MemorySegment bytes, long from) {
    long at = from;
    for (int i = 0; i < size; i++) {
      at +=
          switch (kind) {
            case TEXT -> 8 + bytes.get(LONG, at);
            case ARRAY -> end(kindAt(bytes, at), (int) bytes.get(LONG, at + 4), bytes, at + 12) - at;
            case U8, I8, U16, I16, U32, I32, F32, BOOL, U64, I64, F64 -> kind.bytes();
          };
    }
    return at;
  }

  private static Kind kindAt(MemorySegment bytes, long at) {
    return Kind.of(bytes.get(INT, at)).orElseThrow();
  }

  static long integer(Kind kind, MemorySegment bytes, long at) {
    return switch (kind) {
      case U8 -> bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
      case I8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
      case U16 -> bytes.get(SHORT, at) & 0xFFFF;
      case I16 -> bytes.get(SHORT, at);
      case U32 -> bytes.get(INT, at) & 0xFFFF_FFFFL;
      case I32 -> bytes.get(INT, at);
      case U64, I64 -> bytes.get(LONG, at);
      case F32, F64, BOOL, TEXT, ARRAY -> throw new IllegalArgumentException(kind + " is no integer");
    };
  }

  static double real(Kind kind, MemorySegment bytes, long at) {
    return kind == Kind.F32 ? Float.intBitsToFloat(bytes.get(INT, at)) : Double.longBitsToDouble(bytes.get(LONG, at));
  }

  private void require(boolean holds, String wanted) {
    if (!holds) {
      throw new IllegalArgumentException("an array of " + elements + " has no " + wanted);
    }
  }

  /// What it holds, not the elements, which may be hundreds of thousands.
  @Override
  public String toString() {
    return size + " × " + elements;
  }
}
