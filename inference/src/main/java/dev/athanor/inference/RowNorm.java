package dev.athanor.inference;

import dev.athanor.model.Norm;
import dev.athanor.model.WeightNames;

/// A norm with its weights, over one row.
///
/// @param weight what is multiplied with, also where the checkpoint stores its distance from one
/// @param bias empty where there is none
record RowNorm(Norm norm, float[] weight, float[] bias) {
  private static final float[] NONE = {};

  /// @param part named without `.weight` and `.bias`
  static RowNorm load(Weights weights, Norm norm, String part) {
    float[] weight = weights.floats(WeightNames.weight(part));
    return switch (norm) {
      case Norm.Rms rms -> rms(rms, weight);
      case Norm.Layer _ -> new RowNorm(norm, weight, weights.floats(WeightNames.bias(part)));
    };
  }

  static RowNorm rms(Norm.Rms rms, float[] stored) {
    float[] weight = stored.clone();
    if (rms.zeroCentred()) {
      for (int i = 0; i < weight.length; i++) {
        weight[i] += 1;
      }
    }
    return new RowNorm(rms, weight, NONE);
  }

  /// Of as many numbers as there are weights. The row may be normed in place.
  void apply(float[] from, int at, float[] to, int toAt) {
    switch (norm) {
      case Norm.Rms rms -> Kernels.rmsNorm(from, at, weight, weight.length, rms.eps(), to, toAt);
      case Norm.Layer layer -> Kernels.layerNorm(from, at, weight, bias, weight.length, layer.eps(), to, toAt);
    }
  }
}
