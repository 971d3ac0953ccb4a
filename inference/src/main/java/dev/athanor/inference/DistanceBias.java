package dev.athanor.inference;

import dev.athanor.model.RelativeBias;
import dev.athanor.model.WeightNames;

/// What a stack adds to attention's scores by head and distance.
///
/// @param byHead of each query head, what is added for keys 0, 1, 2, … positions behind, the last to all that are farther; empty
///     arrays for nothing
record DistanceBias(float[][] byHead) {
  static DistanceBias none(int heads) {
    return new DistanceBias(new float[heads][0]);
  }

  static DistanceBias load(Weights weights, RelativeBias facts, int heads) {
    float[] table = weights.floats(WeightNames.relativeBias(WeightNames.MODEL));
    float[][] byHead = new float[heads][facts.maxDistance() + 1];
    for (int head = 0; head < heads; head++) {
      for (int distance = 0; distance <= facts.maxDistance(); distance++) {
        byHead[head][distance] = table[facts.bucket(-distance, false) * heads + head];
      }
    }
    return new DistanceBias(byHead);
  }

  float[] of(int head) {
    return byHead[head];
  }
}
