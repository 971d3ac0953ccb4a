package dev.athanor.model.gguf;

import dev.athanor.model.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A tensor of a GGUF model and the weights of ours that it holds.
///
/// @param shape in the file; row-major
/// @param parts our names; their numbers lie one after the other
/// @param form how the numbers differ from ours
/// @param exact its numbers are never rounded to a type of less than F32: it is small, or its products are sensitive
record GgufWeight(String name, long[] shape, List<String> parts, Form form, boolean exact) {
  GgufWeight {
    shape = shape.clone();
    parts = List.copyOf(parts);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  sealed interface Form {
    /// As the file has it, of what is ours.
    StoredTensor theirs(StoredTensor ours);

    /// As we have it, of what is the file's, in our shape.
    StoredTensor ours(StoredTensor theirs);
  }

  record Same() implements Form {
    @Override
    public StoredTensor theirs(StoredTensor ours) {
      return ours;
    }

    @Override
    public StoredTensor ours(StoredTensor theirs) {
      return theirs;
    }
  }

  /// Rows of queries or keys in pairs that rotate together: pair i of a head of d rows lies in rows 2i and 2i + 1, where ours
  /// are i and i + d/2 (see [dev.athanor.model.Rope]). llama.cpp rotates so in models of its architecture "llama" only.
  record Interleaved(int heads) implements Form {
    @Override
    public StoredTensor theirs(StoredTensor ours) {
      long d = headDim(ours);
      return permuted(ours, row -> row - row % d + row % 2 * (d / 2) + row % d / 2);
    }

    @Override
    public StoredTensor ours(StoredTensor theirs) {
      long d = headDim(theirs);
      return permuted(theirs, row -> row - row % d + row % (d / 2) * 2 + row % d / (d / 2));
    }

    private long headDim(StoredTensor rows) {
      return rows.shape()[0] / heads;
    }
  }

  /// The file holds the factors of a norm, we their distances from one (Gemma).
  record OneMore() implements Form {
    @Override
    public StoredTensor theirs(StoredTensor ours) {
      return mapped(ours, x -> x + 1);
    }

    @Override
    public StoredTensor ours(StoredTensor theirs) {
      return mapped(theirs, x -> x - 1);
    }
  }

  /// The file holds A of a state space, we ln(−A).
  record MinusExp() implements Form {
    @Override
    public StoredTensor theirs(StoredTensor ours) {
      return mapped(ours, x -> (float) -Math.exp(x));
    }

    @Override
    public StoredTensor ours(StoredTensor theirs) {
      return mapped(theirs, x -> (float) Math.log(-x));
    }
  }

  private interface RowMap {
    long from(long row);
  }

  private static StoredTensor permuted(StoredTensor tensor, RowMap map) {
    long rows = tensor.shape()[0];
    long bytes = tensor.data().byteSize() / rows;
    MemorySegment copy = MemorySegment.ofArray(new byte[Math.toIntExact(tensor.data().byteSize())]);
    for (long row = 0; row < rows; row++) {
      MemorySegment.copy(tensor.data(), map.from(row) * bytes, copy, row * bytes, bytes);
    }
    return new StoredTensor(tensor.dtype(), tensor.shape(), copy);
  }

  private interface FloatMap {
    float of(float x);
  }

  private static StoredTensor mapped(StoredTensor tensor, FloatMap map) {
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = map.of(values[i]);
    }
    return StoredTensor.of(values, tensor.shape());
  }
}
