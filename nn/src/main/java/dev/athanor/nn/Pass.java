package dev.athanor.nn;

import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the blocks of a stack share during one forward pass. In a pass over what came before, that outlives the blocks' own scopes and
/// is freed by `close`; in a pass for training it belongs to the scope that is open.
final class Pass implements AutoCloseable {
  private final Sequences sequences;
  private final @Nullable List<? extends Past> pasts;
  private final @Nullable Memory memory;
  private final Dropout dropout;
  private final RouterLosses routers;
  private final Map<Rotary.Table, Rotary> rotaries = new HashMap<>();
  private final Map<Object, Tensor> biases = new HashMap<>();
  private final List<Tensor> owned = new ArrayList<>();

  /// An encoder's result that a decoder attends to.
  ///
  /// @param hidden_MC of all sources, one after the other
  record Memory(Tensor hidden_MC, Sequences sequences) {}

  /// Over whole sequences.
  Pass(Sequences sequences, @Nullable Memory memory, Dropout dropout, RouterLosses routers) {
    this(sequences, null, memory, dropout, routers);
  }

  private Pass(
      Sequences sequences,
      @Nullable List<? extends Past> pasts,
      @Nullable Memory memory,
      Dropout dropout,
      RouterLosses routers) {
    this.sequences = sequences;
    this.pasts = pasts;
    this.memory = memory;
    this.dropout = dropout;
    this.routers = routers;
  }

  /// Over the next tokens of sequences; without dropout and gradients.
  static Pass continued(Sequences sequences, List<? extends Past> pasts, @Nullable Memory memory) {
    return new Pass(sequences, pasts, memory, Dropout.NONE, new RouterLosses());
  }

  Sequences sequences() {
    return sequences;
  }

  /// One a sequence, or null.
  @Nullable List<? extends Past> pasts() {
    return pasts;
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
    Rotary found = rotaries.get(angles);
    if (found == null) {
      found = angles.at(sequences, pasts);
      rotaries.put(angles, found);
      own(found.cos());
      own(found.sin());
    }
    return found;
  }

  /// A bias on attention's scores, made once for all blocks that want the same.
  Tensor bias(Object key, Supplier<Tensor> make) {
    Tensor found = biases.get(key);
    if (found == null) {
      found = make.get();
      biases.put(key, found);
      own(found);
    }
    return found;
  }

  private void own(Tensor shared) {
    if (pasts != null) {
      owned.add(shared.release());
    }
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
