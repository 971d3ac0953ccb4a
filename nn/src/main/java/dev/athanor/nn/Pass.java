package dev.athanor.nn;

import dev.athanor.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the blocks of a stack share during one forward pass.
final class Pass {
  private final Sequences sequences;
  private final @Nullable List<Cache> caches;
  private final @Nullable Memory memory;
  private final Dropout dropout;
  private final RouterLosses routers;
  private final Map<Rotary.Table, Rotary> rotaries = new HashMap<>();
  private final Map<Object, Tensor> biases = new HashMap<>();

  /// An encoder's result that a decoder attends to.
  ///
  /// @param hidden_MC of all sources, one after the other
  record Memory(Tensor hidden_MC, Sequences sequences) {}

  Pass(
      Sequences sequences,
      @Nullable List<Cache> caches,
      @Nullable Memory memory,
      Dropout dropout,
      RouterLosses routers) {
    this.sequences = sequences;
    this.caches = caches;
    this.memory = memory;
    this.dropout = dropout;
    this.routers = routers;
  }

  Sequences sequences() {
    return sequences;
  }

  /// One a sequence, or null.
  @Nullable List<Cache> caches() {
    return caches;
  }

  @Nullable Memory memory() {
    return memory;
  }

  Dropout dropout() {
    return dropout;
  }

  RouterLosses routers() {
    return routers;
  }

  /// The batch's rotation, made once for all blocks that turn alike.
  Rotary rotary(Rotary.Table angles) {
    return rotaries.computeIfAbsent(angles, table -> table.at(sequences));
  }

  /// A bias on attention's scores, made once for all blocks that want the same.
  Tensor bias(Object key, Supplier<Tensor> make) {
    Tensor found = biases.get(key);
    if (found == null) {
      found = make.get();
      biases.put(key, found);
    }
    return found;
  }
}
