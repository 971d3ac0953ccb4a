package dev.athanor.inference;

import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/// The SIMD kernels of state spaces: a few channels side by side through all rows of a sequence, so that their states stay in the
/// first-level cache and no sum goes across lanes. However the rows are cut, each channel's chain is the same.
final class Recurrences {
  private Recurrences() {}

  /// Mamba's, for LANES channels: `h[s] ← exp(Δ·A[s])·h[s] + Δ·u·B[s]`, `u ← Σ_s C[s]·h[s] + D·u`. Gu and Dao,
  /// https://arxiv.org/abs/2312.00752
  ///
  /// @param h states, `LANES` numbers each, at hAt; and so is A at aAt
  /// @param delta of the first row and channel at `at`, `stride` numbers a row, and so is u, which becomes the result
  /// @param selected B of the first row at bAt, C behind it, `selectedStride` numbers a row
  static void selective(
      float[] h, int hAt, float[] a, int aAt, int states, float[] delta, float[] u, int at, int stride,
      float[] selected, int bAt, int selectedStride, float[] d, int dAt, int rows) {
    FloatVector skip = FloatVector.fromArray(FLOATS, d, dAt);
    for (int row = 0; row < rows; row++) {
      int place = at + row * stride;
      int b = bAt + row * selectedStride;
      FloatVector step = FloatVector.fromArray(FLOATS, delta, place);
      FloatVector x = FloatVector.fromArray(FLOATS, u, place);
      FloatVector input = step.mul(x);
      FloatVector y = skip.mul(x);
      for (int s = 0; s < states; s++) {
        FloatVector decay = VectorMath.exp(FloatVector.fromArray(FLOATS, a, aAt + s * LANES).mul(step));
        FloatVector next =
            FloatVector.fromArray(FLOATS, h, hAt + s * LANES).mul(decay).add(input.mul(selected[b + s]));
        next.intoArray(h, hAt + s * LANES);
        y = next.fma(FloatVector.broadcast(FLOATS, selected[b + states + s]), y);
      }
      y.intoArray(u, place);
    }
  }

  /// Mamba-2's, for PANEL channels: `h[s] ← decay·h[s] + input·B[s]`, `x ← Σ_s C[s]·h[s] + D·x`. Dao and Gu,
  /// https://arxiv.org/abs/2405.21060
  ///
  /// @param h states, `PANEL` numbers each, at hAt
  /// @param decay of the first row and channel at `at`, `stride` numbers a row, and so is the input, Δ·x
  /// @param xbc x of the first row and channel at xAt, B at bAt and C at cAt, `xbcStride` numbers a row; x becomes the result
  static void dual(
      float[] h, int hAt, int states, float[] decay, float[] input, int at, int stride,
      float[] xbc, int xAt, int bAt, int cAt, int xbcStride, float[] d, int dAt, int rows) {
    FloatVector skip0 = FloatVector.fromArray(FLOATS, d, dAt);
    FloatVector skip1 = FloatVector.fromArray(FLOATS, d, dAt + LANES);
    for (int row = 0; row < rows; row++) {
      int place = at + row * stride;
      int x = xAt + row * xbcStride;
      int b = bAt + row * xbcStride;
      int c = cAt + row * xbcStride;
      FloatVector decay0 = FloatVector.fromArray(FLOATS, decay, place);
      FloatVector decay1 = FloatVector.fromArray(FLOATS, decay, place + LANES);
      FloatVector input0 = FloatVector.fromArray(FLOATS, input, place);
      FloatVector input1 = FloatVector.fromArray(FLOATS, input, place + LANES);
      FloatVector y0 = FloatVector.fromArray(FLOATS, xbc, x).mul(skip0);
      FloatVector y1 = FloatVector.fromArray(FLOATS, xbc, x + LANES).mul(skip1);
      for (int s = 0; s < states; s++) {
        int at0 = hAt + s * PANEL;
        FloatVector bs = FloatVector.broadcast(FLOATS, xbc[b + s]);
        FloatVector cs = FloatVector.broadcast(FLOATS, xbc[c + s]);
        FloatVector h0 = FloatVector.fromArray(FLOATS, h, at0).mul(decay0);
        FloatVector h1 = FloatVector.fromArray(FLOATS, h, at0 + LANES).mul(decay1);
        h0 = input0.fma(bs, h0);
        h1 = input1.fma(bs, h1);
        h0.intoArray(h, at0);
        h1.intoArray(h, at0 + LANES);
        y0 = h0.fma(cs, y0);
        y1 = h1.fma(cs, y1);
      }
      y0.intoArray(xbc, x);
      y1.intoArray(xbc, x + LANES);
    }
  }
}
