package dev.athanor.nn;

import dev.athanor.model.ModelSpec;
import dev.athanor.tensor.Tensor;
import java.util.List;

/// Rotary position embedding over [tokens, heads, headDim], as `x · cos + swap(x) · sin`, where `swap` exchanges the halves and the
/// sign of the first half sits in the table: two products and one join, the cheapest form that was measured.
final class Rotary {
  private final int half;
  private final Tensor cos_NxD;
  private final Tensor sin_NxD;

  private Rotary(int half, Tensor cos, Tensor sin) {
    this.half = half;
    cos_NxD = cos;
    sin_NxD = sin;
  }

  static Rotary of(ModelSpec.Rope rope, int headDim, long[] positions) {
    int half = headDim / 2;
    double[] frequency = new double[half];
    for (int i = 0; i < half; i++) {
      frequency[i] = Math.pow(rope.theta(), -2.0 * i / headDim);
    }
    float[] cos = new float[positions.length * headDim];
    float[] sin = new float[positions.length * headDim];
    for (int n = 0; n < positions.length; n++) {
      for (int i = 0; i < half; i++) {
        double angle = positions[n] * frequency[i];
        int at = n * headDim + i;
        cos[at] = cos[at + half] = (float) Math.cos(angle);
        sin[at + half] = (float) Math.sin(angle);
        sin[at] = -sin[at + half];
      }
    }
    return new Rotary(
        half, Tensor.of(cos, positions.length, 1, headDim), Tensor.of(sin, positions.length, 1, headDim));
  }

  Tensor turn(Tensor x_NHD) {
    Tensor swapped = Tensor.cat(List.of(x_NHD.narrow(2, half, half), x_NHD.narrow(2, 0, half)), 2);
    return x_NHD.mul(cos_NxD).add(swapped.mul(sin_NxD));
  }
}
