package dev.athanor.inference;

import static dev.athanor.inference.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Elementary functions of each lane, in F32.
final class VectorMath {
  private static final float LOG2_E = 1.442695f;
  // ln 2 in two parts, so that x − n·ln 2 is exact (Cody and Waite).
  private static final float LN2_HIGH = 0.6933594f;
  private static final float LN2_LOW = -0.00021219444f;
  // Added and taken away again, it rounds to a whole number, which then stands in the low bits.
  private static final float ROUND = 12582912f;
  private static final int ONE = 127 << 23;
  private static final float LEAST = -87f;
  private static final float MOST = 88f;
  // exp(r) on |r| ≤ ln 2 / 2 (Cephes expf, Moshier).
  private static final float E0 = 0.00019875691f;
  private static final float E1 = 0.0013981999f;
  private static final float E2 = 0.008333452f;
  private static final float E3 = 0.041665796f;
  private static final float E4 = 0.16666666f;
  private static final float E5 = 0.5f;
  // tanh(x) on |x| < 0.625 (Cephes tanhf, Moshier).
  private static final float SMALL = 0.625f;
  private static final float T0 = -0.005704989f;
  private static final float T1 = 0.020639088f;
  private static final float T2 = -0.053739715f;
  private static final float T3 = 0.13331442f;
  private static final float T4 = -0.3333328f;
  // erfc(x) = t·P(t)·exp(−x²), t = 1 / (1 + p·x), within 1.5e-7 (Abramowitz and Stegun 7.1.26).
  private static final float ERF_P = 0.3275911f;
  private static final float A1 = 0.2548296f;
  private static final float A2 = -0.28449675f;
  private static final float A3 = 1.4214137f;
  private static final float A4 = -1.453152f;
  private static final float A5 = 1.0614054f;
  private static final float ROOT_HALF = 0.70710677f;

  private VectorMath() {}

  /// eˣ within 2 units in the last place; x below −87 counts as −87, above 88 as 88.
  static FloatVector exp(FloatVector x) {
    FloatVector v = x.max(LEAST).min(MOST);
    FloatVector shifted = v.mul(LOG2_E).add(ROUND);
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.mul(-LN2_HIGH).add(v);
    r = n.mul(-LN2_LOW).add(r);
    FloatVector p = FloatVector.broadcast(FLOATS, E0);
    p = p.fma(r, FloatVector.broadcast(FLOATS, E1));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E2));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E3));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E4));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E5));
    p = p.fma(r.mul(r), r.add(1f));
    var scale = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE);
    return p.mul(scale.reinterpretAsFloats());
  }

  /// `x / (1 + e^(−slope))`: SiLU where the slope is x.
  static FloatVector gatedBySigmoid(FloatVector x, FloatVector slope) {
    return x.div(exp(slope.neg()).add(1f));
  }

  /// tanh within 3 units in the last place.
  static FloatVector tanh(FloatVector x) {
    FloatVector z = x.mul(x);
    FloatVector p = FloatVector.broadcast(FLOATS, T0);
    p = p.fma(z, FloatVector.broadcast(FLOATS, T1));
    p = p.fma(z, FloatVector.broadcast(FLOATS, T2));
    p = p.fma(z, FloatVector.broadcast(FLOATS, T3));
    p = p.fma(z, FloatVector.broadcast(FLOATS, T4));
    FloatVector small = p.mul(z).fma(x, x);
    FloatVector size = x.abs();
    FloatVector large = FloatVector.broadcast(FLOATS, 1f).sub(FloatVector.broadcast(FLOATS, 2f).div(exp(size.mul(2f)).add(1f)));
    large = large.blend(large.neg(), x.lt(0f));
    return large.blend(small, size.lt(SMALL));
  }

  /// `ln(1 + eˣ) = max(x, 0) + ln(1 + e)`, e = e^(−|x|), with `ln(1 + e) = 2·artanh(e / (2 + e))` as a series: no digits are lost
  /// where e is small.
  static FloatVector softplus(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    FloatVector z = e.div(e.add(2f)); // at most 1/3
    FloatVector q = z.mul(z);
    FloatVector p = FloatVector.broadcast(FLOATS, 1f / 15);
    p = p.fma(q, FloatVector.broadcast(FLOATS, 1f / 13));
    p = p.fma(q, FloatVector.broadcast(FLOATS, 1f / 11));
    p = p.fma(q, FloatVector.broadcast(FLOATS, 1f / 9));
    p = p.fma(q, FloatVector.broadcast(FLOATS, 1f / 7));
    p = p.fma(q, FloatVector.broadcast(FLOATS, 1f / 5));
    p = p.fma(q, FloatVector.broadcast(FLOATS, 1f / 3));
    p = p.fma(q, FloatVector.broadcast(FLOATS, 1f));
    return p.mul(z).mul(2f).add(x.max(0f));
  }

  /// `x · Φ(x) = max(x, 0) − |x|·Φ(−|x|)`, with Φ(−|x|) = erfc(|x|/√2) / 2.
  static FloatVector gelu(FloatVector x) {
    FloatVector size = x.abs();
    FloatVector v = size.mul(ROOT_HALF);
    FloatVector t = FloatVector.broadcast(FLOATS, 1f).div(v.mul(ERF_P).add(1f));
    FloatVector p = FloatVector.broadcast(FLOATS, A5);
    p = p.fma(t, FloatVector.broadcast(FLOATS, A4));
    p = p.fma(t, FloatVector.broadcast(FLOATS, A3));
    p = p.fma(t, FloatVector.broadcast(FLOATS, A2));
    p = p.fma(t, FloatVector.broadcast(FLOATS, A1));
    FloatVector tail = p.mul(t).mul(exp(v.mul(v).neg())).mul(0.5f);
    return x.max(0f).sub(size.mul(tail));
  }
}
