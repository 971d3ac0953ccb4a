package dev.athanor.inference;

import dev.athanor.model.StoredTensor;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// A map `y = W x + b`, W [rows, cols], laid out for SIMD.
///
/// Rows lie interleaved in panels of `PANEL`: panel p holds, for each column k in turn, the k-th number of rows
/// p·PANEL … p·PANEL + PANEL − 1, so a product reads one stream and never adds across lanes. Every output is one chain
/// `y = fma(w[k], x[k], y)` in the order of k that begins with its bias, whatever the batch, the vector width or the number of
/// threads: prefill, decode and batched decode agree bit for bit. The last panel is filled up with rows of zeros.
final class PackedMatrix {
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  /// Rows in a panel: two vectors, so that a tile of four tokens takes eight accumulators (more spill).
  static final int PANEL = 2 * LANES;

  /// Tokens in a tile of activations.
  static final int TILE = 4;

  /// Columns taken at a time, so that a panel's part and a tile's stay in the first-level cache.
  private static final int BLOCK = 256;

  private final int rows;
  private final int cols;
  private final float[] packed;
  /// What each output's chain begins with.
  private final float[] bias;

  private PackedMatrix(int rows, int cols) {
    this.rows = rows;
    this.cols = cols;
    this.packed = new float[Math.toIntExact((long) padded(rows) * cols)];
    this.bias = new float[padded(rows)];
  }

  /// Several maps of the same input, one below the other. Each begins on a panel of its own when `aligned`.
  static PackedMatrix of(List<Affine> parts, boolean aligned) {
    int rows = 0;
    for (Affine part : parts) {
      rows += aligned ? padded(part.height()) : part.height();
    }
    PackedMatrix matrix = new PackedMatrix(rows, parts.getFirst().width());
    int row = 0;
    for (Affine part : parts) {
      matrix.fill(row, part);
      row += aligned ? padded(part.height()) : part.height();
    }
    return matrix;
  }

  static PackedMatrix of(Affine affine) {
    return of(List.of(affine), false);
  }

  static PackedMatrix of(StoredTensor weight) {
    return of(Affine.of(weight));
  }

  /// The least multiple of PANEL that is ≥ n: the width of a buffer that takes n outputs.
  static int padded(int n) {
    return Math.toIntExact(((long) n + PANEL - 1) / PANEL * PANEL);
  }

  /// The width of a buffer that takes this matrix's outputs.
  int paddedRows() {
    return padded(rows);
  }

  private int panels() {
    return padded(rows) / PANEL;
  }

  private void fill(int firstRow, Affine part) {
    System.arraycopy(part.bias(), 0, bias, firstRow, part.bias().length);
    float[] row = new float[cols];
    for (int r = 0; r < part.height(); r++) {
      part.weight().floats((long) r * cols, row, 0, cols);
      int at = place(firstRow + r);
      for (int k = 0; k < cols; k++) {
        packed[at + k * PANEL] = row[k];
      }
    }
  }

  private int place(int row) {
    return row / PANEL * PANEL * cols + row % PANEL;
  }

  /// Copies a row to `to[at…]`: the embedding of a token.
  void row(int row, float[] to, int at) {
    int from = place(row);
    for (int k = 0; k < cols; k++) {
      to[at + k] = packed[from + k * PANEL];
    }
  }

  /// This member's share of the outputs of all rows of a pass.
  ///
  /// @param y row-major, `stride` numbers a row
  void multiply(Share share, Activations x, Buffer y, int stride) {
    multiply(x, 0, share.batch().tokens(), y.data(), stride, share.thread(), share.threads());
  }

  /// One thread's share of `Y = X Wᵀ + b`.
  ///
  /// @param x whose rows first … first + count − 1 are taken; alone where it is one; the first of them begins a tile
  /// @param y row-major, `stride` numbers a row, at the same rows; count rounded up to TILE when there are several; stride ≥
  ///     padded(rows)
  void multiply(Activations x, int first, int count, float[] y, int stride, int thread, int threads) {
    int from = (int) ((long) panels() * thread / threads);
    int to = (int) ((long) panels() * (thread + 1) / threads);
    if (count == 1) {
      multiplyOne(x.data(), first * cols, y, first * stride, from, to);
    } else {
      multiplyTiles(x.data(), first * cols, (count + TILE - 1) / TILE, y, first * stride, stride, from, to);
    }
  }

  private void multiplyOne(float[] x, int xo, float[] y, int yo, int from, int to) {
    int panel = from;
    for (; panel + 4 <= to; panel += 4) {
      fourPanels(packed, panel * PANEL * cols, bias, panel * PANEL, x, xo, y, yo + panel * PANEL, cols);
    }
    for (; panel < to; panel++) {
      onePanel(packed, panel * PANEL * cols, bias, panel * PANEL, x, xo, y, yo + panel * PANEL, cols);
    }
  }

  private void multiplyTiles(float[] x, int xo, int tiles, float[] y, int yo, int stride, int from, int to) {
    for (int k = 0; k < cols; k += BLOCK) {
      int count = Math.min(BLOCK, cols - k);
      for (int panel = from; panel < to; panel++) {
        int w = (panel * cols + k) * PANEL;
        for (int tile = 0; tile < tiles; tile++) {
          int at = yo + tile * TILE * stride + panel * PANEL;
          if (k == 0) {
            begin(bias, panel * PANEL, y, at, stride);
          }
          tile(packed, w, x, xo + (tile * cols + k) * TILE, y, at, stride, count);
        }
      }
    }
  }

  /// The beginning of PANEL chains of four tokens.
  private static void begin(float[] bias, int from, float[] y, int yo, int stride) {
    FloatVector b0 = FloatVector.fromArray(SPECIES, bias, from);
    FloatVector b1 = FloatVector.fromArray(SPECIES, bias, from + LANES);
    for (int t = 0; t < TILE; t++) {
      b0.intoArray(y, yo + t * stride);
      b1.intoArray(y, yo + t * stride + LANES);
    }
  }

  /// PANEL outputs of four tokens: y += w[k][PANEL] · x[k][4], eight accumulators.
  private static void tile(float[] w, int wo, float[] x, int xo, float[] y, int yo, int stride, int count) {
    int y1 = yo + stride, y2 = y1 + stride, y3 = y2 + stride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, y, yo);
    FloatVector a01 = FloatVector.fromArray(SPECIES, y, yo + LANES);
    FloatVector a10 = FloatVector.fromArray(SPECIES, y, y1);
    FloatVector a11 = FloatVector.fromArray(SPECIES, y, y1 + LANES);
    FloatVector a20 = FloatVector.fromArray(SPECIES, y, y2);
    FloatVector a21 = FloatVector.fromArray(SPECIES, y, y2 + LANES);
    FloatVector a30 = FloatVector.fromArray(SPECIES, y, y3);
    FloatVector a31 = FloatVector.fromArray(SPECIES, y, y3 + LANES);
    for (int k = 0; k < count; k++) {
      int q = wo + k * PANEL, p = xo + k * TILE;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, q);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, q + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, x[p]);
      a00 = w0.fma(v, a00);
      a01 = w1.fma(v, a01);
      v = FloatVector.broadcast(SPECIES, x[p + 1]);
      a10 = w0.fma(v, a10);
      a11 = w1.fma(v, a11);
      v = FloatVector.broadcast(SPECIES, x[p + 2]);
      a20 = w0.fma(v, a20);
      a21 = w1.fma(v, a21);
      v = FloatVector.broadcast(SPECIES, x[p + 3]);
      a30 = w0.fma(v, a30);
      a31 = w1.fma(v, a31);
    }
    a00.intoArray(y, yo);
    a01.intoArray(y, yo + LANES);
    a10.intoArray(y, y1);
    a11.intoArray(y, y1 + LANES);
    a20.intoArray(y, y2);
    a21.intoArray(y, y2 + LANES);
    a30.intoArray(y, y3);
    a31.intoArray(y, y3 + LANES);
  }

  /// 4 · PANEL outputs of one token: four streams hide the latency of the chain.
  private static void fourPanels(
      float[] w, int wo, float[] b, int bo, float[] x, int xo, float[] y, int yo, int cols) {
    FloatVector a00 = FloatVector.fromArray(SPECIES, b, bo);
    FloatVector a01 = FloatVector.fromArray(SPECIES, b, bo + LANES);
    FloatVector a10 = FloatVector.fromArray(SPECIES, b, bo + PANEL);
    FloatVector a11 = FloatVector.fromArray(SPECIES, b, bo + PANEL + LANES);
    FloatVector a20 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL);
    FloatVector a21 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL + LANES);
    FloatVector a30 = FloatVector.fromArray(SPECIES, b, bo + 3 * PANEL);
    FloatVector a31 = FloatVector.fromArray(SPECIES, b, bo + 3 * PANEL + LANES);
    int next = cols * PANEL;
    for (int k = 0; k < cols; k++) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[xo + k]);
      int q0 = wo + k * PANEL, q1 = q0 + next, q2 = q1 + next, q3 = q2 + next;
      a00 = FloatVector.fromArray(SPECIES, w, q0).fma(v, a00);
      a01 = FloatVector.fromArray(SPECIES, w, q0 + LANES).fma(v, a01);
      a10 = FloatVector.fromArray(SPECIES, w, q1).fma(v, a10);
      a11 = FloatVector.fromArray(SPECIES, w, q1 + LANES).fma(v, a11);
      a20 = FloatVector.fromArray(SPECIES, w, q2).fma(v, a20);
      a21 = FloatVector.fromArray(SPECIES, w, q2 + LANES).fma(v, a21);
      a30 = FloatVector.fromArray(SPECIES, w, q3).fma(v, a30);
      a31 = FloatVector.fromArray(SPECIES, w, q3 + LANES).fma(v, a31);
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
    FloatVector a0 = FloatVector.fromArray(SPECIES, b, bo);
    FloatVector a1 = FloatVector.fromArray(SPECIES, b, bo + LANES);
    for (int k = 0; k < cols; k++) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[xo + k]);
      int q = wo + k * PANEL;
      a0 = FloatVector.fromArray(SPECIES, w, q).fma(v, a0);
      a1 = FloatVector.fromArray(SPECIES, w, q + LANES).fma(v, a1);
    }
    a0.intoArray(y, yo);
    a1.intoArray(y, yo + LANES);
  }
}
