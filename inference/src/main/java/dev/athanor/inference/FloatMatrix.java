package dev.athanor.inference;

import static dev.athanor.inference.Lanes.FLOATS;
import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.padded;

import jdk.incubator.vector.FloatVector;

/// Weights in F32: panel p holds, for each column in turn, rows p·PANEL … p·PANEL + PANEL − 1.
final class FloatMatrix extends WideningMatrix {
  private final float[] packed;

  FloatMatrix(int rows, int cols) {
    super(rows, cols);
    packed = new float[Math.toIntExact((long) padded(rows) * cols)];
  }

  private int place(int row) {
    return row / PANEL * PANEL * cols() + row % PANEL;
  }

  @Override
  void put(int row, float[] weights) {
    int at = place(row);
    for (int k = 0; k < cols(); k++) {
      packed[at + k * PANEL] = weights[k];
    }
  }

  @Override
  void row(int row, float[] to, int at) {
    int from = place(row);
    for (int k = 0; k < cols(); k++) {
      to[at + k] = packed[from + k * PANEL];
    }
  }

  @Override
  float[] widened(int panel, int k, int count, float[] room) {
    return packed;
  }

  @Override
  int widenedAt(int panel, int k) {
    return (panel * cols() + k) * PANEL;
  }

  @Override
  void one(Activations x, int row, float[] y, int yo, Share share) {
    int panels = paddedRows() / PANEL;
    int to = share.to(panels);
    int panel = share.from(panels);
    float[] in = x.data();
    int xo = row * cols();
    for (; panel + 4 <= to; panel += 4) {
      fourPanels(packed, panel * PANEL * cols(), bias(), panel * PANEL, in, xo, y, yo + panel * PANEL, cols());
    }
    for (; panel < to; panel++) {
      onePanel(packed, panel * PANEL * cols(), bias(), panel * PANEL, in, xo, y, yo + panel * PANEL, cols());
    }
  }

  /// 4 · PANEL outputs of one token: four streams hide the latency of the chain.
  private static void fourPanels(
      float[] w, int wo, float[] b, int bo, float[] x, int xo, float[] y, int yo, int cols) {
    FloatVector a00 = FloatVector.fromArray(FLOATS, b, bo);
    FloatVector a01 = FloatVector.fromArray(FLOATS, b, bo + LANES);
    FloatVector a10 = FloatVector.fromArray(FLOATS, b, bo + PANEL);
    FloatVector a11 = FloatVector.fromArray(FLOATS, b, bo + PANEL + LANES);
    FloatVector a20 = FloatVector.fromArray(FLOATS, b, bo + 2 * PANEL);
    FloatVector a21 = FloatVector.fromArray(FLOATS, b, bo + 2 * PANEL + LANES);
    FloatVector a30 = FloatVector.fromArray(FLOATS, b, bo + 3 * PANEL);
    FloatVector a31 = FloatVector.fromArray(FLOATS, b, bo + 3 * PANEL + LANES);
    int next = cols * PANEL;
    for (int k = 0; k < cols; k++) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xo + k]);
      int q0 = wo + k * PANEL, q1 = q0 + next, q2 = q1 + next, q3 = q2 + next;
      a00 = FloatVector.fromArray(FLOATS, w, q0).fma(v, a00);
      a01 = FloatVector.fromArray(FLOATS, w, q0 + LANES).fma(v, a01);
      a10 = FloatVector.fromArray(FLOATS, w, q1).fma(v, a10);
      a11 = FloatVector.fromArray(FLOATS, w, q1 + LANES).fma(v, a11);
      a20 = FloatVector.fromArray(FLOATS, w, q2).fma(v, a20);
      a21 = FloatVector.fromArray(FLOATS, w, q2 + LANES).fma(v, a21);
      a30 = FloatVector.fromArray(FLOATS, w, q3).fma(v, a30);
      a31 = FloatVector.fromArray(FLOATS, w, q3 + LANES).fma(v, a31);
    }
    a00.intoArray(y, yo);
    a01.intoArray(y, yo + LANES);
    a10.intoArray(y, yo + PANEL);
    a11.intoArray(y, yo + PANEL + LANES);
    a20.intoArray(y, yo + 2 * PANEL);
    a21.intoArray(y, yo + 2 * PANEL + LANES);
    a30.intoArray(y, yo + 3 * PANEL);
    a31.intoArray(y, yo + 3 * PANEL + LANES);
  }

  private static void onePanel(
      float[] w, int wo, float[] b, int bo, float[] x, int xo, float[] y, int yo, int cols) {
    FloatVector a0 = FloatVector.fromArray(FLOATS, b, bo);
    FloatVector a1 = FloatVector.fromArray(FLOATS, b, bo + LANES);
    for (int k = 0; k < cols; k++) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xo + k]);
      int q = wo + k * PANEL;
      a0 = FloatVector.fromArray(FLOATS, w, q).fma(v, a0);
      a1 = FloatVector.fromArray(FLOATS, w, q + LANES).fma(v, a1);
    }
    a0.intoArray(y, yo);
    a1.intoArray(y, yo + LANES);
  }
}
