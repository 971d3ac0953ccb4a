package dev.athanor.model.gguf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A value of a GGUF file's metadata.
public sealed interface GgufValue permits GgufValue.Int, GgufValue.Real, GgufValue.Bool, GgufValue.Text, GgufArray {
  Kind kind();

  enum Kind {
    U8(0, 1),
    I8(1, 1),
    U16(2, 2),
    I16(3, 2),
    U32(4, 4),
    I32(5, 4),
    F32(6, 4),
    BOOL(7, 1),
    /// A u64 length, then UTF-8.
    TEXT(8, 8),
    /// The element's kind as a u32, a u64 count, then the elements.
    ARRAY(9, 12),
    U64(10, 8),
    I64(11, 8),
    F64(12, 8);

    private final int id;
    private final int bytes;

    Kind(int id, int bytes) {
      this.id = id;
      this.bytes = bytes;
    }

    /// What stands before a value in a file.
    int id() {
      return id;
    }

    static Optional<Kind> of(int id) {
      return Arrays.stream(values()).filter(kind -> kind.id == id).findFirst();
    }

    /// What a value takes at least.
    int bytes() {
      return bytes;
    }

    boolean isInteger() {
      return switch (this) {
        case U8, I8, U16, I16, U32, I32, U64, I64 -> true;
        case F32, F64, BOOL, TEXT, ARRAY -> false;
      };
    }
  }

  /// @param value a U64 above 2⁶³ − 1 is negative here
  record Int(Kind kind, long value) implements GgufValue {
    public Int {
      boolean fits =
          switch (kind) {
            case U8 -> value == (value & 0xFF);
            case I8 -> value == (byte) value;
            case U16 -> value == (value & 0xFFFF);
            case I16 -> value == (short) value;
            case U32 -> value == (value & 0xFFFF_FFFFL);
            case I32 -> value == (int) value;
            case U64, I64 -> true;
            case F32, F64, BOOL, TEXT, ARRAY -> false;
          };
      if (!fits) {
        throw new IllegalArgumentException(value + " is no " + kind);
      }
    }
  }

  /// @param kind F32 or F64
  record Real(Kind kind, double value) implements GgufValue {
    public Real {
      if (kind != Kind.F32 && kind != Kind.F64) {
        throw new IllegalArgumentException(kind + " is no real number");
      }
    }
  }

  record Bool(boolean value) implements GgufValue {
    @Override
    public Kind kind() {
      return Kind.BOOL;
    }
  }

  record Text(String value) implements GgufValue {
    @Override
    public Kind kind() {
      return Kind.TEXT;
    }

    byte[] utf8() {
      return value.getBytes(StandardCharsets.UTF_8);
    }
  }

  /// What most published keys are.
  static GgufValue u32(long value) {
    return new Int(Kind.U32, value);
  }

  static GgufValue f32(double value) {
    return new Real(Kind.F32, (float) value);
  }

  static GgufValue of(boolean value) {
    return new Bool(value);
  }

  static GgufValue of(String value) {
    return new Text(value);
  }
}
