package dev.athanor.inference;

import static dev.athanor.inference.Lanes.LANES;
import static dev.athanor.inference.Lanes.FLOATS;

import dev.athanor.model.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The SIMD kernels that are no matrix products and no recurrences. `n` need not be a multiple of the vector's length; where a kernel
/// takes whole vectors, it also writes to what follows, up to n rounded up to LANES, so that no element's value depends on
/// where the kernel began.
final class Kernels {
  private static final VectorShuffle<Float> EIGHT_ON = on(8);
  private static final VectorShuffle<Float> FOUR_ON = on(4);
  private static final VectorShuffle<Float> TWO_ON = on(2);
  private static final VectorShuffle<Float> ONE_ON = on(1);

  // √(2/π), and the cubic term's factor (Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415)
  private static final float TANH_SLOPE = 0.7978846f;
  private static final float TANH_CUBE = 0.044715f;
  private static final float QUICK_SLOPE = 1.702f;

  // Two vectors of a page at most.
  private static final VectorSpecies<Float> NARROW = LANES > 8 ? FloatVector.SPECIES_256 : FLOATS;

  private Kernels() {}

  /// `Σ a[i]²`
  static float sumOfSquares(float[] a, int at, int n) {
    FloatVector s0 = FloatVector.zero(FLOATS), s1 = s0;
    int i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
      FloatVector v0 = FloatVector.fromArray(FLOATS, a, at + i);
      FloatVector v1 = FloatVector.fromArray(FLOATS, a, at + i + LANES);
      s0 = v0.fma(v0, s0);
      s1 = v1.fma(v1, s1);
    }
    float sum = sum(s0.add(s1));
    for (; i < n; i++) {
      sum = Math.fma(a[at + i], a[at + i], sum);
    }
    return sum;
  }

  /// To each lane the one so many further on.
  private static VectorShuffle<Float> on(int lanes) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + lanes) % LANES);
  }

  /// All lanes, always in one order, halves onto halves: that of `reduceLanes` is left open, and changes when the method is compiled.
  private static float sum(FloatVector v) {
    FloatVector sums = v;
    if (LANES >= 16) {
      sums = sums.add(sums.rearrange(EIGHT_ON));
    }
    if (LANES >= 8) {
      sums = sums.add(sums.rearrange(FOUR_ON));
    }
    if (LANES >= 4) {
      sums = sums.add(sums.rearrange(TWO_ON));
    }
    return sums.add(sums.rearrange(ONE_ON)).lane(0);
  }

  private static float sum(float[] a, int at, int n) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      s0 = s0.add(FloatVector.fromArray(FLOATS, a, at + i));
    }
    float sum = sum(s0);
    for (; i < n; i++) {
      sum += a[at + i];
    }
    return sum;
  }

  /// `Σ (a[i] − mean)²`
  private static float squaresAround(float mean, float[] a, int at, int n) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, a, at + i).sub(mean);
      s0 = v.fma(v, s0);
    }
    float sum = sum(s0);
    for (; i < n; i++) {
      sum = Math.fma(a[at + i] - mean, a[at + i] - mean, sum);
    }
    return sum;
  }

  /// RMS norm: `to[i] = a[i] / sqrt(mean(a²) + eps) · weight[i]`. `to` may be `a`.
  static void rmsNorm(float[] a, int at, float[] weight, int n, double eps, float[] to, int toAt) {
    float scale = (float) (1 / Math.sqrt(sumOfSquares(a, at, n) / n + eps));
    for (int i = 0; i < n; i++) {
      to[toAt + i] = a[at + i] * scale * weight[i];
    }
  }

  /// Layer norm: `to[i] = (a[i] − mean) / sqrt(variance + eps) · weight[i] + bias[i]`. `to` may be `a`.
  static void layerNorm(float[] a, int at, float[] weight, float[] bias, int n, double eps, float[] to, int toAt) {
    float mean = sum(a, at, n) / n;
    float scale = (float) (1 / Math.sqrt(squaresAround(mean, a, at, n) / n + eps));
    for (int i = 0; i < n; i++) {
      to[toAt + i] = (a[at + i] - mean) * scale * weight[i] + bias[i];
    }
  }

  /// `a[i] += b[i]`
  static void add(float[] a, int at, float[] b, int bAt, int n) {
    for (int i = 0; i < n; i++) {
      a[at + i] += b[bAt + i];
    }
  }

  /// `a[i] *= b[i]`
  static void times(float[] a, int at, float[] b, int bAt, int n) {
    for (int i = 0; i < n; i++) {
      a[at + i] *= b[bAt + i];
    }
  }

  /// `a[i] *= factor`
  static void scale(float[] a, int at, float factor, int n) {
    for (int i = 0; i < n; i++) {
      a[at + i] *= factor;
    }
  }

  /// `a[i] += factor · b[i]`
  static void addScaled(float[] a, int at, float factor, float[] b, int bAt, int n) {
    for (int i = 0; i < n; i++) {
      a[at + i] = Math.fma(factor, b[bAt + i], a[at + i]);
    }
  }

  /// `a[i] += b[i] · c[i]`
  static void addProduct(float[] a, int at, float[] b, int bAt, float[] c, int cAt, int n) {
    for (int i = 0; i < n; i++) {
      a[at + i] = Math.fma(b[bAt + i], c[cAt + i], a[at + i]);
    }
  }

  /// Each element's non-linearity, in place. Whole vectors.
  static void activate(Activation activation, float[] a, int at, int n) {
    switch (activation) {
      case SILU -> silu(a, at, n);
      case GELU -> gelu(a, at, n);
      case GELU_TANH -> geluTanh(a, at, n);
      case QUICK_GELU -> quickGelu(a, at, n);
      case RELU -> relu(a, at, n);
    }
  }

  /// `x / (1 + e⁻ˣ)`. Whole vectors.
  static void silu(float[] a, int at, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, a, at + i);
      VectorMath.gatedBySigmoid(x, x).intoArray(a, at + i);
    }
  }

  private static void gelu(float[] a, int at, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.gelu(FloatVector.fromArray(FLOATS, a, at + i)).intoArray(a, at + i);
    }
  }

  /// Since (1 + tanh z) / 2 = sigmoid(2z).
  private static void geluTanh(float[] a, int at, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, a, at + i);
      FloatVector slope = x.mul(x).mul(TANH_CUBE).add(1f).mul(x).mul(2 * TANH_SLOPE);
      VectorMath.gatedBySigmoid(x, slope).intoArray(a, at + i);
    }
  }

  private static void quickGelu(float[] a, int at, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, a, at + i);
      VectorMath.gatedBySigmoid(x, x.mul(QUICK_SLOPE)).intoArray(a, at + i);
    }
  }

  private static void relu(float[] a, int at, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(FLOATS, a, at + i).max(0f).intoArray(a, at + i);
    }
  }

  /// `ln(1 + eˣ)` of each. Whole vectors.
  static void softplus(float[] a, int at, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.softplus(FloatVector.fromArray(FLOATS, a, at + i)).intoArray(a, at + i);
    }
  }

  /// `cap · tanh(x / cap)` of each. Whole vectors.
  static void softcap(float[] a, int at, int n, float cap) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.tanh(FloatVector.fromArray(FLOATS, a, at + i).div(cap)).mul(cap).intoArray(a, at + i);
    }
  }

  /// `a[i] = e^(a[i] − shift)`. Whole vectors.
  static void expMinus(float[] a, int at, int n, float shift) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.exp(FloatVector.fromArray(FLOATS, a, at + i).sub(shift)).intoArray(a, at + i);
    }
  }

  /// The largest; NaN when one of them is
  static float max(float[] a, int at, int n) {
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      most = most.max(FloatVector.fromArray(FLOATS, a, at + i));
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
    FloatVector sum = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      sum = sum.add(VectorMath.exp(FloatVector.fromArray(FLOATS, a, at + i).sub(shift)));
    }
    double total = sum(sum);
    for (; i < n; i++) {
      total += Math.exp(a[at + i] - shift);
    }
    return total;
  }

  /// Scores of one query against a page of keys, which lie transposed, PAGE numbers a dimension: `s[j] = scale · Σ_d q[d]
  /// k[d·PAGE + j]`. Even and odd dimensions are two chains each, since one alone would wait for itself.
  static void scores(float[] q, int qAt, float[] keys, int at, int dim, float scale, float[] s, int sAt) {
    for (int j = 0; j < PagePool.PAGE; j += 2 * NARROW.length()) {
      FloatVector a0 = FloatVector.zero(NARROW), a1 = a0, b0 = a0, b1 = a0;
      int k = at + j;
      for (int d = 0; d + 1 < dim; d += 2) {
        FloatVector v = FloatVector.broadcast(NARROW, q[qAt + d]);
        a0 = FloatVector.fromArray(NARROW, keys, k).fma(v, a0);
        a1 = FloatVector.fromArray(NARROW, keys, k + NARROW.length()).fma(v, a1);
        v = FloatVector.broadcast(NARROW, q[qAt + d + 1]);
        b0 = FloatVector.fromArray(NARROW, keys, k + PagePool.PAGE).fma(v, b0);
        b1 = FloatVector.fromArray(NARROW, keys, k + PagePool.PAGE + NARROW.length()).fma(v, b1);
        k += 2 * PagePool.PAGE;
      }
      if (dim % 2 == 1) {
        FloatVector v = FloatVector.broadcast(NARROW, q[qAt + dim - 1]);
        a0 = FloatVector.fromArray(NARROW, keys, k).fma(v, a0);
        a1 = FloatVector.fromArray(NARROW, keys, k + NARROW.length()).fma(v, a1);
      }
      a0.add(b0).mul(scale).intoArray(s, sAt + j);
      a1.add(b1).mul(scale).intoArray(s, sAt + j + NARROW.length());
    }
  }

  /// `out[d] += Σ_j<n p[j] v[j·width + d]`; width is a multiple of LANES.
  static void weigh(float[] p, int pAt, int n, float[] values, int at, int width, float[] out, int outAt) {
    int d = 0;
    for (; d + 4 * LANES <= width; d += 4 * LANES) {
      int o = outAt + d;
      FloatVector a0 = FloatVector.fromArray(FLOATS, out, o);
      FloatVector a1 = FloatVector.fromArray(FLOATS, out, o + LANES);
      FloatVector a2 = FloatVector.fromArray(FLOATS, out, o + 2 * LANES);
      FloatVector a3 = FloatVector.fromArray(FLOATS, out, o + 3 * LANES);
      for (int j = 0; j < n; j++) {
        FloatVector w = FloatVector.broadcast(FLOATS, p[pAt + j]);
        int v = at + j * width + d;
        a0 = FloatVector.fromArray(FLOATS, values, v).fma(w, a0);
        a1 = FloatVector.fromArray(FLOATS, values, v + LANES).fma(w, a1);
        a2 = FloatVector.fromArray(FLOATS, values, v + 2 * LANES).fma(w, a2);
        a3 = FloatVector.fromArray(FLOATS, values, v + 3 * LANES).fma(w, a3);
      }
      a0.intoArray(out, o);
      a1.intoArray(out, o + LANES);
      a2.intoArray(out, o + 2 * LANES);
      a3.intoArray(out, o + 3 * LANES);
    }
    for (; d < width; d += LANES) {
      FloatVector a = FloatVector.fromArray(FLOATS, out, outAt + d);
      for (int j = 0; j < n; j++) {
        a = FloatVector.fromArray(FLOATS, values, at + j * width + d).fma(FloatVector.broadcast(FLOATS, p[pAt + j]), a);
      }
      a.intoArray(out, outAt + d);
    }
  }
}
