package dev.athanor.inference;

import static dev.athanor.inference.PackedMatrix.LANES;
import static dev.athanor.inference.PackedMatrix.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// The SIMD kernels that are no matrix products. `n` need not be a multiple of the vector's length.
final class Kernels {
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
  private static final float C0 = 0.00019875691f;
  private static final float C1 = 0.0013981999f;
  private static final float C2 = 0.008333452f;
  private static final float C3 = 0.041665796f;
  private static final float C4 = 0.16666666f;
  private static final float C5 = 0.5f;

  private Kernels() {}

  /// eˣ within 2 units in the last place; x below −87 counts as −87, above 88 as 88.
  static FloatVector exp(FloatVector x) {
    FloatVector v = x.max(LEAST).min(MOST);
    FloatVector shifted = v.mul(LOG2_E).add(ROUND);
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.mul(-LN2_HIGH).add(v);
    r = n.mul(-LN2_LOW).add(r);
    FloatVector p = FloatVector.broadcast(SPECIES, C0);
    p = p.fma(r, FloatVector.broadcast(SPECIES, C1));
    p = p.fma(r, FloatVector.broadcast(SPECIES, C2));
    p = p.fma(r, FloatVector.broadcast(SPECIES, C3));
    p = p.fma(r, FloatVector.broadcast(SPECIES, C4));
    p = p.fma(r, FloatVector.broadcast(SPECIES, C5));
    p = p.fma(r.mul(r), r.add(1f));
    var scale = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE);
    return p.mul(scale.reinterpretAsFloats());
  }

  /// `Σ a[i]²`
  static float sumOfSquares(float[] a, int at, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES), s1 = s0;
    int i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, a, at + i);
      FloatVector v1 = FloatVector.fromArray(SPECIES, a, at + i + LANES);
      s0 = v0.fma(v0, s0);
      s1 = v1.fma(v1, s1);
    }
    float sum = sum(s0.add(s1));
    for (; i < n; i++) {
      sum = Math.fma(a[at + i], a[at + i], sum);
    }
    return sum;
  }

  /// All lanes, always in one order: that of `reduceLanes` is left open, and changes when the method is compiled.
  private static float sum(FloatVector v) {
    float[] lanes = v.toArray();
    for (int width = lanes.length / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        lanes[i] += lanes[i + width];
      }
    }
    return lanes[0];
  }

  /// RMS norm: `to[i] = a[i] / sqrt(mean(a²) + eps) · weight[i]`. `to` may be `a`.
  static void rmsNorm(float[] a, int at, float[] weight, int n, double eps, float[] to, int toAt) {
    float scale = (float) (1 / Math.sqrt(sumOfSquares(a, at, n) / n + eps));
    for (int i = 0; i < n; i++) {
      to[toAt + i] = a[at + i] * scale * weight[i];
    }
  }

  /// `a[i] += b[i]`
  static void add(float[] a, int at, float[] b, int bAt, int n) {
    for (int i = 0; i < n; i++) {
      a[at + i] += b[bAt + i];
    }
  }

  /// `gate[i] = silu(gate[i]) · up[i]`, with `silu(x) = x / (1 + e⁻ˣ)`. Whole vectors: both reach up to n rounded up to LANES.
  static void swiGlu(float[] gate, int gateAt, float[] up, int upAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(SPECIES, up, upAt + i);
      g.div(exp(g.neg()).add(1f)).mul(u).intoArray(gate, gateAt + i);
    }
  }

  /// `a[i] = e^(a[i] − shift)`. Whole vectors: `a` reaches up to n rounded up to LANES.
  static void expMinus(float[] a, int at, int n, float shift) {
    for (int i = 0; i < n; i += LANES) {
      exp(FloatVector.fromArray(SPECIES, a, at + i).sub(shift)).intoArray(a, at + i);
    }
  }

  /// The largest; NaN when one of them is
  static float max(float[] a, int at, int n) {
    FloatVector most = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      most = most.max(FloatVector.fromArray(SPECIES, a, at + i));
    }
    float max = most.reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      max = Math.max(max, a[at + i]);
    }
    return max;
  }

  /// `ln Σ e^a[i]`, summed in double from the parts of each 4,096.
  static double logSumExp(float[] a, int at, int n) {
    float max = max(a, at, n);
    double sum = 0;
    for (int from = 0; from < n; from += 4096) {
      sum += sumExp(a, at + from, Math.min(4096, n - from), max);
    }
    return max + Math.log(sum);
  }

  private static double sumExp(float[] a, int at, int n, float shift) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      sum = sum.add(exp(FloatVector.fromArray(SPECIES, a, at + i).sub(shift)));
    }
    double total = sum(sum);
    for (; i < n; i++) {
      total += Math.exp(a[at + i] - shift);
    }
    return total;
  }

  /// Scores of one query against a block of `KvCache.BLOCK` keys, which lie transposed, BLOCK numbers a
  /// dimension: `s[j] = scale · Σ_d q[d] k[d·BLOCK + j]`
  static void scores(float[] q, int qAt, float[] keys, int at, int dim, float scale, float[] s) {
    for (int j = 0; j < KvCache.BLOCK; j += 4 * LANES) {
      FloatVector a0 = FloatVector.zero(SPECIES), a1 = a0, a2 = a0, a3 = a0;
      for (int d = 0; d < dim; d++) {
        FloatVector v = FloatVector.broadcast(SPECIES, q[qAt + d]);
        int k = at + d * KvCache.BLOCK + j;
        a0 = FloatVector.fromArray(SPECIES, keys, k).fma(v, a0);
        a1 = FloatVector.fromArray(SPECIES, keys, k + LANES).fma(v, a1);
        a2 = FloatVector.fromArray(SPECIES, keys, k + 2 * LANES).fma(v, a2);
        a3 = FloatVector.fromArray(SPECIES, keys, k + 3 * LANES).fma(v, a3);
      }
      a0.mul(scale).intoArray(s, j);
      a1.mul(scale).intoArray(s, j + LANES);
      a2.mul(scale).intoArray(s, j + 2 * LANES);
      a3.mul(scale).intoArray(s, j + 3 * LANES);
    }
  }

  /// `out[d] = keep · out[d] + Σ_j<n p[j] v[j·width + d]`; width is a multiple of LANES.
  static void weigh(float[] p, int n, float[] values, int at, int width, float keep, float[] out) {
    int d = 0;
    for (; d + 4 * LANES <= width; d += 4 * LANES) {
      FloatVector a0 = FloatVector.fromArray(SPECIES, out, d).mul(keep);
      FloatVector a1 = FloatVector.fromArray(SPECIES, out, d + LANES).mul(keep);
      FloatVector a2 = FloatVector.fromArray(SPECIES, out, d + 2 * LANES).mul(keep);
      FloatVector a3 = FloatVector.fromArray(SPECIES, out, d + 3 * LANES).mul(keep);
      for (int j = 0; j < n; j++) {
        FloatVector w = FloatVector.broadcast(SPECIES, p[j]);
        int v = at + j * width + d;
        a0 = FloatVector.fromArray(SPECIES, values, v).fma(w, a0);
        a1 = FloatVector.fromArray(SPECIES, values, v + LANES).fma(w, a1);
        a2 = FloatVector.fromArray(SPECIES, values, v + 2 * LANES).fma(w, a2);
        a3 = FloatVector.fromArray(SPECIES, values, v + 3 * LANES).fma(w, a3);
      }
      a0.intoArray(out, d);
      a1.intoArray(out, d + LANES);
      a2.intoArray(out, d + 2 * LANES);
      a3.intoArray(out, d + 3 * LANES);
    }
    for (; d < width; d += LANES) {
      FloatVector a = FloatVector.fromArray(SPECIES, out, d).mul(keep);
      for (int j = 0; j < n; j++) {
        a = FloatVector.fromArray(SPECIES, values, at + j * width + d).fma(FloatVector.broadcast(SPECIES, p[j]), a);
      }
      a.intoArray(out, d);
    }
  }
}
