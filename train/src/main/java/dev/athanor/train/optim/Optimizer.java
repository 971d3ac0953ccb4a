package dev.athanor.train.optim;

import dev.athanor.tensor.Tensor;
import java.util.Map;
import java.util.SequencedMap;

/// Turns gradients into changes of the weights. Owns its state's memory.
public interface Optimizer extends AutoCloseable {
  /// One step on all of this optimizer's weights.
  ///
  /// @param gradients by weight name; may hold others
  /// @param factor the schedule's share of the peak learning rate
  void step(Map<String, Tensor> gradients, double factor);

  /// Everything that a resumed run needs, by name; the tensors stay this optimizer's and are written in place to restore.
  SequencedMap<String, Tensor> state();

  @Override
  void close();
}
