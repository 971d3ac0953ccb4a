package dev.athanor.model;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// A tensor on its way into a file: what it will be there, and its bytes once they are asked for. A checkpoint is written from
/// these, so that of a large model no more than a part of one tensor is in memory at a time.
public interface TensorSource {
  DType dtype();

  long[] shape();

  /// Writes exactly `bytes()` bytes: little-endian numbers in row order. Asked for once.
  void writeTo(OutputStream out) throws IOException;

  default long elements() {
    return StoredTensor.elements(shape());
  }

  default long bytes() {
    return Math.multiplyExact(elements(), (long) dtype().bytes());
  }

  /// The same numbers in another shape.
  default TensorSource reshaped(long... other) {
    return new LazyTensor(dtype(), other, this::writeTo);
  }

  /// A matrix with rows and columns exchanged. All of it is in memory while it is written.
  default TensorSource transposed() {
    return new LazyTensor(
        dtype(), new long[] {shape()[1], shape()[0]}, out -> LazyTensor.whole(this).transposed().writeTo(out));
  }

  /// The same, telling `written` of its bytes as they are written.
  default TensorSource counted(LongConsumer written) {
    return new LazyTensor(dtype(), shape(), out -> writeTo(LazyTensor.counting(out, written)));
  }

  /// One that is loaded when it is written, and not kept.
  static TensorSource loaded(DType dtype, long[] shape, Supplier<TensorSource> tensor) {
    return new LazyTensor(dtype, shape, out -> tensor.get().writeTo(out));
  }

  /// Tensors of one dtype, one below the other along their first dimension.
  static TensorSource joined(List<? extends TensorSource> parts) {
    long[] shape = parts.getFirst().shape();
    shape[0] = parts.stream().mapToLong(part -> part.shape()[0]).sum();
    return new LazyTensor(
        parts.getFirst().dtype(),
        shape,
        out -> {
          for (TensorSource part : parts) {
            part.writeTo(out);
          }
        });
  }

  /// Numbers rounded to the nearest that `dtype` holds (ties to even).
  ///
  /// @param name for messages
  static TensorSource rounded(String name, DType dtype, long[] shape, Numbers numbers) {
    return new LazyTensor(dtype, shape, out -> Rounding.write(name, dtype, StoredTensor.elements(shape), numbers, out));
  }
}
