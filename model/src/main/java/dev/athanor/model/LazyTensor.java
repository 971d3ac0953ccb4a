package dev.athanor.model;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/// A tensor whose bytes are made when it is written.
record LazyTensor(DType dtype, long[] shape, Content content) implements TensorSource {
  /// What makes them.
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  LazyTensor {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    content.writeTo(out);
  }

  /// All of a tensor in memory.
  static StoredTensor whole(TensorSource source) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(source.bytes())];
    source.writeTo(new IntoArray(bytes));
    return new StoredTensor(source.dtype(), source.shape(), MemorySegment.ofArray(bytes));
  }

  static OutputStream counting(OutputStream out, LongConsumer written) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        written.accept(length);
      }
    };
  }

  /// Fills an array of known size; a stream that grows would need it twice.
  private static final class IntoArray extends OutputStream {
    private final byte[] bytes;
    private int at;

    private IntoArray(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void write(int value) {
      bytes[at++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      System.arraycopy(from, offset, bytes, at, length);
      at += length;
    }
  }
}
