package dev.athanor.model.adapter;

import dev.athanor.model.CheckpointCopy;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.Numbers;
import dev.athanor.model.StoredTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A checkpoint with an adapter merged into its weights, `W + scale · B A`: the same model without the adapter's own products.
public final class MergedAdapter {
  private MergedAdapter() {}

  /// The base written anew with the changed weights; everything else is as it was.
  ///
  /// @param dtype of all weights; as they are stored where it is empty: sums are rounded to it
  public static CheckpointCopy of(CheckpointDir base, LoraAdapter adapter, Optional<DType> dtype, long shardBytes) {
    Map<String, LoraAdapter.Change> byTensor = new LinkedHashMap<>();
    adapter.changes().forEach(change -> byTensor.put(change.tensor().name(), change));
    Map<String, Numbers> changed = new LinkedHashMap<>();
    for (String stored : base.stored().names()) {
      LoraAdapter.Change change = byTensor.get(base.family().currentName(stored, base.spec()));
      if (change != null) {
        changed.put(stored, sum(base.stored().tensor(stored), change));
      }
    }
    return new CheckpointCopy(base, dtype, shardBytes, changed);
  }

  private static Numbers sum(StoredTensor weight, LoraAdapter.Change change) {
    return (from, to, at, count) -> {
      weight.floats(from, to, at, count);
      double[] sums = new double[count];
      for (int i = 0; i < count; i++) {
        sums[i] = to[at + i];
      }
      if (change.tensor().transposed()) {
        change.whole().addTransposedTo(sums, from, count);
      } else {
        change.whole().addTo(sums, from, count);
      }
      for (int i = 0; i < count; i++) {
        to[at + i] = (float) sums[i];
      }
    };
  }
}
