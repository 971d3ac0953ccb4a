package dev.athanor.tokenizer.sentencepiece;

import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;

/// The fields of one protobuf message in their order (https://protobuf.dev/programming-guides/encoding). Fields that a caller
/// does not ask about are passed over.
final class Protobuf {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final byte[] bytes;
  private final int end;
  private final String where;
  private int at;
  private int type;
  private long number;
  private int start;

  Protobuf(byte[] bytes, String where) {
    this(bytes, 0, bytes.length, where);
  }

  private Protobuf(byte[] bytes, int from, int to, String where) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.where = where;
  }

  /// The next field's number, or 0 at the end.
  int next() {
    if (at == end) {
      return 0;
    }
    long key = varint();
    type = (int) (key & 7);
    long field = key >>> 3;
    if (field == 0 || field > Integer.MAX_VALUE) {
      throw damaged("field " + field);
    }
    switch (type) {
      case VARINT -> number = varint();
      case FIXED64 -> skip(8);
      case FIXED32 -> skip(4);
      case BYTES -> skip(varint());
      default -> throw damaged("a field of type " + type);
    }
    return (int) field;
  }

  private void skip(long length) {
    if (length < 0 || length > end - at) {
      throw damaged("a field of " + length + " bytes where " + (end - at) + " are left");
    }
    start = at;
    at += (int) length;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw damaged("a number that goes on after the end");
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw damaged("a number of more than ten bytes");
  }

  /// Whole numbers, kinds and truth values.
  int whole() {
    need(VARINT);
    return (int) number;
  }

  boolean flag() {
    return whole() != 0;
  }

  float real() {
    need(FIXED32);
    int bits = 0;
    for (int i = 3; i >= 0; i--) {
      bits = (bits << 8) | (bytes[start + i] & 0xFF);
    }
    return Float.intBitsToFloat(bits);
  }

  byte[] bytes() {
    need(BYTES);
    return java.util.Arrays.copyOfRange(bytes, start, at);
  }

  String text() {
    need(BYTES);
    return new String(bytes, start, at - start, StandardCharsets.UTF_8);
  }

  Protobuf message() {
    need(BYTES);
    return new Protobuf(bytes, start, at, where);
  }

  private void need(int wanted) {
    if (type != wanted) {
      throw damaged("a field of type " + type + " where " + wanted + " should be");
    }
  }

  private UserException damaged(String what) {
    return new UserException(where + ": no SentencePiece model, or a damaged one: byte " + at + ": " + what);
  }
}
