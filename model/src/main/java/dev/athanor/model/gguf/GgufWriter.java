package dev.athanor.model.gguf;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.UserException;
import dev.athanor.model.StoredTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;

/// Writes GGUF, version 3. Equal metadata and tensors, in equal order, give equal bytes.
public final class GgufWriter {
  private static final int VERSION = 3;
  private static final int MAX_NAME_BYTES = 63; // GGML_MAX_NAME less the closing zero
  private static final int CHUNK = 1 << 16;

  private GgufWriter() {}

  /// Numbers that are produced in order, a part at a time: `StoredTensor::floats`.
  @FunctionalInterface
  public interface Numbers {
    /// Puts `count` numbers, from the one at `from`, to `to[at…]`.
    void floats(long from, float[] to, int at, int count);
  }

  /// A tensor to be written.
  public sealed interface Tensor {
    String name();

    GgmlType type();

    /// Row-major, the outermost dimension first: a matrix is [out, in].
    long[] shape();
  }

  /// Numbers that are rounded to a type as they are written.
  ///
  /// @param type a writable one, whose blocks the rows fill
  public record Rounded(String name, GgmlType type, long[] shape, Numbers numbers) implements Tensor {
    public Rounded {
      shape = shape.clone();
      if (!type.writable()) {
        throw new UserException("'" + name + "' cannot be written as " + type + "; Athanor writes " + GgmlType.list(true));
      }
      check(name, type, shape);
    }

    public Rounded(String name, GgmlType type, StoredTensor numbers) {
      this(name, type, numbers.shape(), numbers::floats);
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }
  }

  /// Bytes that are written as they are, of a type that need not be readable.
  public record Copied(String name, GgmlType type, long[] shape, MemorySegment data) implements Tensor {
    public Copied {
      shape = shape.clone();
      check(name, type, shape);
      if (data.byteSize() != type.bytes(elements(shape))) {
        throw new IllegalArgumentException(
            "'%s', %s of shape %s, takes %d bytes, not %d"
                .formatted(name, type, Arrays.toString(shape), type.bytes(elements(shape)), data.byteSize()));
      }
    }

    public Copied(GgufTensor tensor) {
      this(tensor.name(), tensor.type(), tensor.shape(), tensor.data());
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }
  }

  /// Bytes that are made when they are written, a part after the other.
  ///
  /// @param parts each asked for once
  public record Parts(String name, GgmlType type, long[] shape, List<Supplier<MemorySegment>> parts) implements Tensor {
    public Parts {
      shape = shape.clone();
      parts = List.copyOf(parts);
      check(name, type, shape);
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }
  }

  private static void check(String name, GgmlType type, long[] shape) {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new UserException("the tensor name '" + name + "' is too long for GGUF: " + MAX_NAME_BYTES + " bytes at most");
    }
    if (shape.length > GgufReader.MAX_DIMENSIONS) {
      throw new UserException(
          "'%s' has %d dimensions; GGUF holds %d at most".formatted(name, shape.length, GgufReader.MAX_DIMENSIONS));
    }
    if (row(shape) % type.blockSize() != 0) {
      throw new UserException(
          "'%s' has rows of %d numbers, which are no whole blocks of %d as %s needs; choose F32, F16 or BF16 for it"
              .formatted(name, row(shape), type.blockSize(), type));
    }
  }

  private static long row(long[] shape) {
    return shape.length == 0 ? 1 : shape[shape.length - 1];
  }

  private static long elements(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /// Writes a file whole: beside its place, then renamed. The numbers are asked for tensor by tensor, in the order given.
  ///
  /// @param metadata in the order to write; `general.alignment` in it, a u32, is obeyed
  /// @throws UserException when a number does not fit its type; names the tensor
  public static void write(Path file, SequencedMap<String, GgufValue> metadata, List<? extends Tensor> tensors) {
    Set<String> names = new HashSet<>();
    for (Tensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("the tensor '" + tensor.name() + "' is there twice");
      }
    }
    long alignment =
        metadata.get(GgufReader.ALIGNMENT) instanceof GgufValue.Int a ? a.value() : GgufReader.DEFAULT_ALIGNMENT;
    if (Long.bitCount(alignment) != 1 || alignment > 1 << 30) {
      throw new IllegalArgumentException("the alignment " + alignment + " is no power of two up to 2³⁰");
    }
    AtomicFile.write(file, out -> new Output(out, alignment).write(metadata, tensors));
  }

  /// One file as it is written.
  private static final class Output {
    private final OutputStream out;
    private final long alignment;
    private long written;

    Output(OutputStream out, long alignment) {
      this.out = out;
      this.alignment = alignment;
    }

    void write(Map<String, GgufValue> metadata, List<? extends Tensor> tensors) throws IOException {
      putInt(GgufReader.MAGIC);
      putInt(VERSION);
      putLong(tensors.size());
      putLong(metadata.size());
      for (var entry : metadata.entrySet()) {
        putText(entry.getKey().getBytes(StandardCharsets.UTF_8));
        putInt(entry.getValue().kind().id());
        putValue(entry.getValue());
      }
      long offset = 0;
      for (Tensor tensor : tensors) {
        putInfo(tensor, offset);
        offset = aligned(offset + tensor.type().bytes(elements(tensor.shape())));
      }
      pad();
      for (Tensor tensor : tensors) {
        switch (tensor) {
          case Rounded rounded -> putRounded(rounded);
          case Copied copied -> put(copied.data);
          case Parts parts -> putParts(parts);
        }
        pad();
      }
    }

    private void putValue(GgufValue value) throws IOException {
      switch (value) {
        case GgufValue.Int(GgufValue.Kind kind, long number) -> put(number, kind.bytes());
        case GgufValue.Real(GgufValue.Kind kind, double number) -> {
          boolean single = kind == GgufValue.Kind.F32;
          put(single ? Float.floatToRawIntBits((float) number) : Double.doubleToRawLongBits(number), kind.bytes());
        }
        case GgufValue.Bool(boolean flag) -> put(flag ? 1 : 0, 1);
        case GgufValue.Text text -> putText(text.utf8());
        case GgufArray array -> {
          put(array.header().array());
          put(array.encoded());
        }
      }
    }

    private void putInfo(Tensor tensor, long offset) throws IOException {
      putText(tensor.name().getBytes(StandardCharsets.UTF_8));
      long[] shape = tensor.shape();
      putInt(shape.length);
      for (int i = shape.length - 1; i >= 0; i--) {
        putLong(shape[i]);
      }
      putInt(tensor.type().id());
      putLong(offset);
    }

    private void putRounded(Rounded tensor) throws IOException {
      long elements = elements(tensor.shape);
      int chunk = (int) Math.min(elements, CHUNK);
      float[] numbers = new float[chunk];
      byte[] bytes = new byte[(int) tensor.type.bytes(CHUNK)];
      for (long from = 0; from < elements; from += chunk) {
        int n = (int) Math.min(chunk, elements - from);
        tensor.numbers.floats(from, numbers, 0, n);
        try {
          Quantizer.write(tensor.type, numbers, n, bytes);
        } catch (ArithmeticException e) {
          throw new UserException(
              "'%s' cannot be written as %s: %s; choose F32 for it".formatted(tensor.name, tensor.type, e.getMessage()), e);
        }
        int length = (int) tensor.type.bytes(n);
        out.write(bytes, 0, length);
        written += length;
      }
    }

    private void putParts(Parts tensor) throws IOException {
      long begin = written;
      for (Supplier<MemorySegment> part : tensor.parts) {
        put(part.get());
      }
      if (written - begin != tensor.type.bytes(elements(tensor.shape))) {
        throw new IllegalArgumentException("the parts of '" + tensor.name + "' are " + (written - begin) + " bytes");
      }
    }

    private void putText(byte[] utf8) throws IOException {
      putLong(utf8.length);
      put(utf8);
    }

    private void putInt(int value) throws IOException {
      put(value, 4);
    }

    private void putLong(long value) throws IOException {
      put(value, 8);
    }

    /// The lowest bytes of a number.
    private void put(long value, int bytes) throws IOException {
      put(Arrays.copyOf(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array(), bytes));
    }

    private void put(byte[] bytes) throws IOException {
      out.write(bytes);
      written += bytes.length;
    }

    private void put(MemorySegment data) throws IOException {
      for (long at = 0; at < data.byteSize(); ) {
        long n = Math.min(CHUNK, data.byteSize() - at);
        put(data.asSlice(at, n).toArray(ValueLayout.JAVA_BYTE));
        at += n;
      }
    }

    private void pad() throws IOException {
      put(new byte[(int) (aligned(written) - written)]);
    }

    private long aligned(long at) {
      return (at + alignment - 1) / alignment * alignment;
    }
  }
}
