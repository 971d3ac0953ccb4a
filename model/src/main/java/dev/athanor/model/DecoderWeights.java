package dev.athanor.model;

import java.util.HashMap;
import java.util.Map;

/// A decoder and its weights, wherever they are kept.
public interface DecoderWeights {
  /// Where they are from, for messages.
  String source();

  /// @throws dev.athanor.base.UserException when the model is of another kind
  DecoderSpec decoder();

  /// @param name as `WeightNames` gives it
  StoredWeight weight(String name);

  /// A weight as F32.
  default float[] floats(String name) {
    return weight(name).widened().floats();
  }

  /// The same model with other weights in the place of some.
  default DecoderWeights with(Map<String, ? extends StoredWeight> others) {
    DecoderWeights base = this;
    Map<String, StoredWeight> own = new HashMap<>(others);
    return new DecoderWeights() {
      @Override
      public String source() {
        return base.source();
      }

      @Override
      public DecoderSpec decoder() {
        return base.decoder();
      }

      @Override
      public StoredWeight weight(String name) {
        StoredWeight other = own.get(name);
        return other == null ? base.weight(name) : other;
      }
    };
  }
}
