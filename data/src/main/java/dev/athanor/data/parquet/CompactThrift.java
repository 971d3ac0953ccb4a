package dev.athanor.data.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Thrift's compact protocol, as far as Parquet's headers need it: fields of a struct in rising order, each with its distance to the
/// one before and its type; whole numbers as zigzag varints.
final class CompactThrift {
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Deque<Integer> outer = new ArrayDeque<>();
  private int last;

  CompactThrift i32(int field, int value) {
    header(field, I32);
    varint(zigzag(value));
    return this;
  }

  CompactThrift i64(int field, long value) {
    header(field, I64);
    varint(zigzag(value));
    return this;
  }

  CompactThrift text(int field, String value) {
    header(field, BINARY);
    string(value);
    return this;
  }

  /// Begins a struct; `end` ends it.
  CompactThrift struct(int field) {
    header(field, STRUCT);
    return item();
  }

  /// Begins a struct that is an item of a list.
  CompactThrift item() {
    outer.push(last);
    last = 0;
    return this;
  }

  CompactThrift end() {
    out.write(0);
    last = outer.pop();
    return this;
  }

  /// Structs follow, each between `item` and `end`.
  CompactThrift structs(int field, int count) {
    list(field, count, STRUCT);
    return this;
  }

  CompactThrift numbers(int field, int... values) {
    list(field, values.length, I32);
    for (int value : values) {
      varint(zigzag(value));
    }
    return this;
  }

  CompactThrift texts(int field, List<String> values) {
    list(field, values.size(), BINARY);
    values.forEach(this::string);
    return this;
  }

  /// A struct that was written elsewhere, as an item of a list.
  void raw(byte[] struct) {
    out.writeBytes(struct);
  }

  /// The outermost struct, ended.
  byte[] bytes() {
    out.write(0);
    return out.toByteArray();
  }

  private void header(int field, int type) {
    int distance = field - last;
    if (distance < 1 || distance > 15) {
      throw new IllegalArgumentException("field " + field + " cannot follow field " + last);
    }
    out.write(distance << 4 | type);
    last = field;
  }

  private void list(int field, int count, int type) {
    header(field, LIST);
    if (count < 15) {
      out.write(count << 4 | type);
    } else {
      out.write(0xf0 | type);
      varint(count);
    }
  }

  private void string(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    varint(bytes.length);
    out.writeBytes(bytes);
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
