package dev.athanor.inference;

import static dev.athanor.inference.Lanes.FLOATS;
import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.TILE;

import jdk.incubator.vector.FloatVector;

/// The product of a panel of weights and a tile of tokens.
final class Tiles {
  private Tiles() {}

  /// PANEL outputs of four tokens: `y = from + Σ_k w[k][PANEL] · x[k][4]`, eight accumulators.
  ///
  /// @param from what the chains begin with, at `fo`, `fromStride` numbers a token
  static void multiply(
      float[] w, int wo, float[] x, int xo, float[] from, int fo, int fromStride, float[] y, int yo, int stride, int count) {
    int f1 = fo + fromStride, f2 = f1 + fromStride, f3 = f2 + fromStride;
    FloatVector a00 = FloatVector.fromArray(FLOATS, from, fo);
    FloatVector a01 = FloatVector.fromArray(FLOATS, from, fo + LANES);
    FloatVector a10 = FloatVector.fromArray(FLOATS, from, f1);
    FloatVector a11 = FloatVector.fromArray(FLOATS, from, f1 + LANES);
    FloatVector a20 = FloatVector.fromArray(FLOATS, from, f2);
    FloatVector a21 = FloatVector.fromArray(FLOATS, from, f2 + LANES);
    FloatVector a30 = FloatVector.fromArray(FLOATS, from, f3);
    FloatVector a31 = FloatVector.fromArray(FLOATS, from, f3 + LANES);
    for (int k = 0; k < count; k++) {
      int q = wo + k * PANEL, p = xo + k * TILE;
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, q);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, q + LANES);
      FloatVector v = FloatVector.broadcast(FLOATS, x[p]);
      a00 = w0.fma(v, a00);
      a01 = w1.fma(v, a01);
      v = FloatVector.broadcast(FLOATS, x[p + 1]);
      a10 = w0.fma(v, a10);
      a11 = w1.fma(v, a11);
      v = FloatVector.broadcast(FLOATS, x[p + 2]);
      a20 = w0.fma(v, a20);
      a21 = w1.fma(v, a21);
      v = FloatVector.broadcast(FLOATS, x[p + 3]);
      a30 = w0.fma(v, a30);
      a31 = w1.fma(v, a31);
    }
    int y1 = yo + stride, y2 = y1 + stride, y3 = y2 + stride;
    a00.intoArray(y, yo);
    a01.intoArray(y, yo + LANES);
    a10.intoArray(y, y1);
    a11.intoArray(y, y1 + LANES);
    a20.intoArray(y, y2);
    a21.intoArray(y, y2 + LANES);
    a30.intoArray(y, y3);
    a31.intoArray(y, y3 + LANES);
  }
}
