package dev.athanor.model;

/// A weight as a checkpoint keeps it: numbers in themselves, or whole numbers with scales.
public sealed interface StoredWeight extends Numbers permits StoredTensor, QuantizedMatrix {
  long[] shape();

  /// Rows `from` to `to` of the first dimension.
  StoredWeight rows(long from, long to);

  /// The same as a tensor of numbers: itself, or F32 that holds `code · scale`.
  StoredTensor widened();
}
