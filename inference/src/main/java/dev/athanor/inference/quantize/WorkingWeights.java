package dev.athanor.inference.quantize;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.StoredWeight;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model's weights with those that were changed so far in the place of its own.
final class WorkingWeights implements DecoderWeights {
  private final DecoderWeights model;
  private final Map<String, StoredWeight> changed = new LinkedHashMap<>();

  WorkingWeights(DecoderWeights model) {
    this.model = model;
  }

  @Override
  public String source() {
    return model.source();
  }

  @Override
  public DecoderSpec decoder() {
    return model.decoder();
  }

  @Override
  public StoredWeight weight(String name) {
    StoredWeight own = changed.get(name);
    return own == null ? model.weight(name) : own;
  }

  void put(String name, StoredWeight weight) {
    changed.put(name, weight);
  }

  /// Other numbers in the same shape.
  void put(String name, float[] values) {
    put(name, StoredTensor.of(values, weight(name).shape()));
  }

  /// By our names.
  Map<String, StoredWeight> changed() {
    return Map.copyOf(changed);
  }
}
