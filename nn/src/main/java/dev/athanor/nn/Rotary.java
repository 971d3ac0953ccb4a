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

  /// Angles of every position that a model can have, worked out once.
  static final class Table {
    private final int headDim;
    private final float[] cos;
    private final float[] sin;

    Table(ModelSpec.Rope rope, int headDim, int positions) {
      this.headDim = headDim;
      cos = new float[positions * headDim];
      sin = new float[positions * headDim];
      int half = headDim / 2;
      for (int i = 0; i < half; i++) {
        double frequency = Math.pow(rope.theta(), -2.0 * i / headDim);
        for (int position = 0; position < positions; position++) {
          double angle = position * frequency;
          int at = position * headDim + i;
          cos[at] = cos[at + half] = (float) Math.cos(angle);
          sin[at + half] = (float) Math.sin(angle);
          sin[at] = -sin[at + half];
        }
      }
    }

    /// The rotation of each token of a batch.
    Rotary at(TokenBatch batch) {
      float[] batchCos = new float[batch.tokens() * headDim];
      float[] batchSin = new float[batch.tokens() * headDim];
      int at = 0;
      for (int length : batch.lengths()) {
        System.arraycopy(cos, 0, batchCos, at, length * headDim);
        System.arraycopy(sin, 0, batchSin, at, length * headDim);
        at += length * headDim;
      }
      long tokens = batch.tokens();
      return new Rotary(
          headDim / 2, Tensor.of(batchCos, tokens, 1, headDim), Tensor.of(batchSin, tokens, 1, headDim));
    }
  }

  Tensor turn(Tensor x_NHD) {
    Tensor swapped = Tensor.cat(List.of(x_NHD.narrow(2, half, half), x_NHD.narrow(2, 0, half)), 2);
    return x_NHD.mul(cos_NxD).add(swapped.mul(sin_NxD));
  }
}
