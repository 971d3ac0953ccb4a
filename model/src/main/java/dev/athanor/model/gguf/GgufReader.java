package dev.athanor.model.gguf;

import dev.athanor.base.UserException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the structure of a GGUF file: the header (magic, version, counts), the metadata, the tensors' infos, and
/// where their data lies. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
final class GgufReader {
  static final int MAGIC = 0x46554747; // "GGUF", little-endian
  static final String ALIGNMENT = "general.alignment";
  static final int DEFAULT_ALIGNMENT = 32;
  static final int MAX_DIMENSIONS = 4; // GGML_MAX_DIMS

  // Far above anything published, and little enough to hold: a lie ends in a sentence and not in a full memory.
  private static final int MAX_TENSORS = 100_000;
  private static final int MAX_KEYS = 100_000;
  private static final int MAX_ELEMENTS = 1 << 24;
  private static final int MAX_NESTING = 4;

  private final Path file;
  private final MemorySegment mapped;
  private final GgufCursor cursor;
  private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
  private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();
  private int version;

  GgufReader(Path file, MemorySegment mapped) {
    this.file = file;
    this.mapped = mapped;
    this.cursor = new GgufCursor(file, mapped);
  }

  /// @throws UserException where anything in the file contradicts itself or the file's length
  void read() {
    readVersion();
    int numTensors = count("tensors", MAX_TENSORS);
    int numKeys = count("keys", MAX_KEYS);
    for (int i = 0; i < numKeys; i++) {
      readKey(i);
    }
    List<Description> infos = new ArrayList<>();
    for (int i = 0; i < numTensors; i++) {
      infos.add(readDescription(i));
    }
    place(infos);
  }

  int version() {
    return version;
  }

  Map<String, GgufValue> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  Map<String, GgufTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  private void readVersion() {
    if (mapped.byteSize() < 8) {
      throw cursor.damaged("it is only " + mapped.byteSize() + " bytes long");
    }
    int magic = cursor.u32();
    if (magic == Integer.reverseBytes(MAGIC)) {
      throw new UserException(file + " is a big-endian GGUF file; Athanor reads little-endian ones");
    }
    if (magic != MAGIC) {
      throw new UserException(file + " is no GGUF file: it does not begin with the letters GGUF");
    }
    version = cursor.u32();
    if ((version & 0xFFFF) == 0 && version != 0) {
      throw new UserException(
          "%s is a big-endian GGUF file of version %d; Athanor reads little-endian ones"
              .formatted(file, Integer.reverseBytes(version)));
    }
    if (version != 2 && version != 3) {
      throw new UserException(
          "%s is a GGUF file of version %s; Athanor reads versions 2 and 3: convert the model again"
              .formatted(file, Integer.toUnsignedString(version)));
    }
  }

  private int count(String what, int max) {
    long count = cursor.u64();
    if (count < 0 || count > max) {
      throw cursor.damaged(
          "it would hold %s %s; at most %d are allowed".formatted(Long.toUnsignedString(count), what, max));
    }
    return (int) count;
  }

  private void readKey(int index) {
    cursor.reading("key " + index + " of its metadata");
    String key = cursor.name();
    cursor.reading("the value of '" + key + "'");
    if (metadata.containsKey(key)) {
      throw cursor.damaged("the key '" + key + "' is there twice");
    }
    metadata.put(key, value(key, kind(key)));
  }

  private GgufValue.Kind kind(String key) {
    int id = cursor.u32();
    return GgufValue.Kind.of(id)
        .orElseThrow(
            () ->
                cursor.damaged(
                    "the value of '%s' has the unknown type %s; known are 0 to 12"
                        .formatted(key, Integer.toUnsignedString(id))));
  }

  private GgufValue value(String key, GgufValue.Kind kind) {
    return switch (kind) {
      case U8, I8, U16, I16, U32, I32, U64, I64 ->
          new GgufValue.Int(kind, GgufArray.integer(kind, cursor.take(kind.bytes()), 0));
      case F32, F64 -> new GgufValue.Real(kind, GgufArray.real(kind, cursor.take(kind.bytes()), 0));
      case BOOL -> new GgufValue.Bool(bool(key, cursor.take(1).get(ValueLayout.JAVA_BYTE, 0)));
      case TEXT -> new GgufValue.Text(new String(cursor.text(), StandardCharsets.UTF_8));
      case ARRAY -> array(key);
    };
  }

  private boolean bool(String key, byte value) {
    if (value != 0 && value != 1) {
      throw cursor.damaged("'" + key + "' has a truth value " + (value & 0xFF) + "; it is 0 or 1");
    }
    return value == 1;
  }

  private GgufArray array(String key) {
    GgufValue.Kind elements = kind(key);
    int size = size(key, elements);
    long begin = cursor.position();
    skipElements(key, elements, size, 1);
    return new GgufArray(elements, size, mapped.asSlice(begin, cursor.position() - begin));
  }

  private int size(String key, GgufValue.Kind elements) {
    long size = cursor.u64();
    if (size < 0 || size > MAX_ELEMENTS) {
      throw cursor.damaged(
          "'%s' has an array of %s elements; at most %d are allowed"
              .formatted(key, Long.toUnsignedString(size), MAX_ELEMENTS));
    }
    if (size * elements.bytes() > cursor.left()) {
      throw cursor.damaged(
          "'%s' has an array of %d × %s, but only %d bytes are left of the file"
              .formatted(key, size, elements, cursor.left()));
    }
    return (int) size;
  }

  private void skipElements(String key, GgufValue.Kind elements, int size, int depth) {
    switch (elements) {
      case U8, I8, U16, I16, U32, I32, F32, U64, I64, F64 -> cursor.take((long) size * elements.bytes());
      case BOOL -> {
        for (int i = 0; i < size; i++) {
          bool(key, cursor.take(1).get(ValueLayout.JAVA_BYTE, 0));
        }
      }
      case TEXT -> {
        for (int i = 0; i < size; i++) {
          cursor.skipText();
        }
      }
      case ARRAY -> {
        if (depth == MAX_NESTING) {
          throw cursor.damaged("'" + key + "' has arrays within arrays, more than " + MAX_NESTING + " deep");
        }
        for (int i = 0; i < size; i++) {
          GgufValue.Kind inner = kind(key);
          skipElements(key, inner, size(key, inner), depth + 1);
        }
      }
    }
  }

  /// A tensor's description, before its place is known to be right.
  private record Description(String name, GgmlType type, long[] shape, long bytes, long offset) {}

  private Description readDescription(int index) {
    cursor.reading("the description of tensor " + index);
    String name = cursor.name();
    cursor.reading("the description of '" + name + "'");
    int numDimensions = cursor.u32();
    if (numDimensions < 0 || numDimensions > MAX_DIMENSIONS) {
      throw cursor.damaged(
          "'%s' has %s dimensions; at most %d are allowed"
              .formatted(name, Integer.toUnsignedString(numDimensions), MAX_DIMENSIONS));
    }
    long[] shape = new long[numDimensions];
    for (int i = numDimensions - 1; i >= 0; i--) {
      shape[i] = cursor.u64();
    }
    GgmlType type = type(name, cursor.u32());
    return new Description(name, type, shape, bytes(name, type, shape), cursor.u64());
  }

  private GgmlType type(String name, int id) {
    return GgmlType.of(id)
        .orElseThrow(
            () ->
                new UserException(
                    "%s: '%s' has the unknown type %s; Athanor reads %s"
                        .formatted(file, name, Integer.toUnsignedString(id), GgmlType.list(false))));
  }

  private long bytes(String name, GgmlType type, long[] shape) {
    long bytes;
    try {
      long elements = 1;
      for (long dimension : shape) {
        if (dimension < 0) {
          throw new ArithmeticException("a dimension above 2⁶³ − 1");
        }
        elements = Math.multiplyExact(elements, dimension);
      }
      bytes = type.bytes(elements);
    } catch (ArithmeticException e) {
      throw new UserException("%s is damaged: '%s' has the impossible shape %s".formatted(file, name, unsigned(shape)), e);
    }
    long row = shape.length == 0 ? 1 : shape[shape.length - 1];
    if (row % type.blockSize() != 0) {
      throw cursor.damaged(
          "'%s' is %s of shape %s, whose rows are no whole blocks of %d"
              .formatted(name, type, Arrays.toString(shape), type.blockSize()));
    }
    return bytes;
  }

  private static String unsigned(long[] shape) {
    return Arrays.stream(shape).mapToObj(Long::toUnsignedString).toList().toString();
  }

  private void place(List<Description> infos) {
    int alignment = alignment();
    long begin = (cursor.position() + alignment - 1) / alignment * alignment;
    long size = Math.max(0, mapped.byteSize() - begin);
    for (Description tensor : infos) {
      check(tensor, alignment, size);
    }
    checkOverlaps(infos);
    for (Description tensor : infos) {
      MemorySegment data = tensor.bytes == 0 ? MemorySegment.NULL : mapped.asSlice(begin + tensor.offset, tensor.bytes);
      if (tensors.put(tensor.name, new GgufTensor(file, tensor.name, tensor.type, tensor.shape, data)) != null) {
        throw cursor.damaged("the tensor '" + tensor.name + "' is there twice");
      }
    }
  }

  private int alignment() {
    return switch (metadata.get(ALIGNMENT)) {
      case null -> DEFAULT_ALIGNMENT;
      case GgufValue.Int(GgufValue.Kind kind, long value)
          when kind == GgufValue.Kind.U32 && value <= 1 << 30 && Long.bitCount(value) == 1 ->
          (int) value;
      case GgufValue other ->
          throw cursor.damaged(
              "'" + ALIGNMENT + "' is " + other + "; it is a u32 and a power of two up to " + (1 << 30));
    };
  }

  private void check(Description tensor, int alignment, long size) {
    if (tensor.offset < 0 || tensor.offset % alignment != 0) {
      throw cursor.damaged(
          "'%s' begins at byte %s of the data, which is no multiple of the alignment %d"
              .formatted(tensor.name, Long.toUnsignedString(tensor.offset), alignment));
    }
    if (tensor.bytes > size || tensor.offset > size - tensor.bytes) {
      throw cursor.damaged(
          "'%s' is %s of shape %s, %d bytes from byte %d of the data, but the file holds %d bytes of data"
              .formatted(tensor.name, tensor.type, Arrays.toString(tensor.shape), tensor.bytes, tensor.offset, size));
    }
  }

  private void checkOverlaps(List<Description> infos) {
    List<Description> byPlace = new ArrayList<>(infos);
    byPlace.removeIf(tensor -> tensor.bytes == 0);
    byPlace.sort(Comparator.comparingLong(Description::offset));
    for (int i = 1; i < byPlace.size(); i++) {
      Description before = byPlace.get(i - 1);
      Description tensor = byPlace.get(i);
      if (tensor.offset < before.offset + before.bytes) {
        throw cursor.damaged(
            "'%s' at byte %d of the data overlaps '%s', which ends at %d"
                .formatted(tensor.name, tensor.offset, before.name, before.offset + before.bytes));
      }
    }
  }
}
