package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import java.util.List;
import java.util.Optional;

/// Computes a model. What it says of a sequence does not depend on what else is in the batch, nor on how the sequence is cut
/// into slices; where rotation is scaled by the sequence's length, that is the one that its cache expects.
public interface Runner extends AutoCloseable {
  DecoderSpec spec();

  /// What its sequences remember. Used by one thread at a time.
  KvMemory memory();

  /// The adapters that its sequences may run under; empty where it computes none.
  default Optional<LoadedAdapters> adapters() {
    return Optional.empty();
  }

  /// An empty sequence; to be closed.
  default KvCache newCache() {
    return memory().newCache();
  }

  /// Feeds slices of different sequences in one pass and fills their caches. A failed pass leaves the caches as they were.
  ///
  /// @return the wanted logits, slice by slice, in the order of their tokens
  Logits forward(List<Slice> slices);

  @Override
  void close();
}
