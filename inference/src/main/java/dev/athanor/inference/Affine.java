package dev.athanor.inference;

import dev.athanor.model.StoredWeight;
import dev.athanor.model.WeightNames;
import java.util.Arrays;

/// A map `y = W x + b` as a checkpoint stores it.
///
/// @param name the weight's
/// @param bias empty where there is none
record Affine(String name, StoredWeight weight, float[] bias) {
  private static final float[] NONE = {};

  /// Without a bias.
  static Affine of(String name, StoredWeight weight) {
    return new Affine(name, weight, NONE);
  }

  /// Of a weight that nobody asks the name of.
  static Affine of(StoredWeight weight) {
    return of("", weight);
  }

  /// @param part named without `.weight` and `.bias`
  static Affine load(Weights weights, String part, boolean biased) {
    String name = WeightNames.weight(part);
    return new Affine(name, weights.weight(name), biased ? weights.floats(WeightNames.bias(part)) : NONE);
  }

  int height() {
    return Math.toIntExact(weight.shape()[0]);
  }

  int width() {
    return Math.toIntExact(weight.shape()[1]);
  }

  /// Some of its outputs.
  Affine rows(int from, int to) {
    return new Affine(name, weight.rows(from, to), bias.length == 0 ? NONE : Arrays.copyOfRange(bias, from, to));
  }

  /// With more added to its outputs.
  Affine plus(float[] more) {
    float[] sum = more.clone();
    for (int i = 0; i < bias.length; i++) {
      sum[i] += bias[i];
    }
    return new Affine(name, weight, sum);
  }
}
