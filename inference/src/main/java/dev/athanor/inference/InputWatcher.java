package dev.athanor.inference;

import java.util.List;

/// Is shown what a model's matrices read.
@FunctionalInterface
public interface InputWatcher {
  /// A row that a product reads.
  ///
  /// @param weights the names of those that read it, one below the other
  /// @param row its numbers, valid during the call
  void see(List<String> weights, float[] row);
}
