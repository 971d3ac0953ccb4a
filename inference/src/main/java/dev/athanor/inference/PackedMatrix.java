package dev.athanor.inference;

import dev.athanor.model.StoredTensor;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// A weight matrix W [rows, cols] laid out for SIMD, and its products with activations.
///
/// Rows lie interleaved in panels of `PANEL`: panel p holds, for each column k in turn, the k-th number of rows
/// p·PANEL … p·PANEL + PANEL − 1, so a product reads one stream and never adds across lanes. Every output is one chain
/// `y = fma(w[k], x[k], y)` in the order of k, whatever the batch, the vector width or the number of threads: prefill, decode
/// and batched decode agree bit for bit. The last panel is filled up with rows of zeros.
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

  private PackedMatrix(int rows, int cols) {
    this.rows = rows;
    this.cols = cols;
    this.packed = new float[Math.toIntExact((long) padded(rows) * cols)];
  }

  /// Several matrices of equal width, one below the other. Each begins on a panel of its own when `aligned`.
  static PackedMatrix of(List<StoredTensor> parts, boolean aligned) {
    int cols = Math.toIntExact(parts.getFirst().shape()[1]);
    int rows = 0;
    for (StoredTensor part : parts) {
      int height = Math.toIntExact(part.shape()[0]);
      rows += aligned ? padded(height) : height;
    }
    PackedMatrix matrix = new PackedMatrix(rows, cols);
    int row = 0;
    for (StoredTensor part : parts) {
      matrix.fill(row, part);
      int height = Math.toIntExact(part.shape()[0]);
      row += aligned ? padded(height) : height;
    }
    return matrix;
  }

  static PackedMatrix of(StoredTensor tensor) {
    return of(List.of(tensor), false);
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

  private void fill(int firstRow, StoredTensor part) {
    int height = Math.toIntExact(part.shape()[0]);
    float[] row = new float[cols];
    for (int r = 0; r < height; r++) {
      part.floats((long) r * cols, row, 0, cols);
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

  /// This thread's share of Y = X Wᵀ.
  ///
  /// @param x `tokens` activations in tiles (`Activations`)
  /// @param y row-major, `stride` numbers a token; tokens rounded up to TILE when there are several; stride ≥ padded(rows)
  void multiply(Activations x, int tokens, float[] y, int stride, int thread, int threads) {
    int from = (int) ((long) panels() * thread / threads);
    int to = (int) ((long) panels() * (thread + 1) / threads);
    if (tokens == 1) {
      multiplyOne(x.data(), y, from, to);
    } else {
      multiplyTiles(x.data(), (tokens + TILE - 1) / TILE, y, stride, from, to);
    }
  }

  private void multiplyOne(float[] x, float[] y, int from, int to) {
    int panel = from;
    for (; panel + 4 <= to; panel += 4) {
      fourPanels(packed, panel * PANEL * cols, x, y, panel * PANEL, cols);
    }
    for (; panel < to; panel++) {
      onePanel(packed, panel * PANEL * cols, x, y, panel * PANEL, cols);
    }
  }

  private void multiplyTiles(float[] x, int tiles, float[] y, int stride, int from, int to) {
    for (int k = 0; k < cols; k += BLOCK) {
      int count = Math.min(BLOCK, cols - k);
      for (int panel = from; panel < to; panel++) {
        int w = (panel * cols + k) * PANEL;
        for (int tile = 0; tile < tiles; tile++) {
          tile(packed, w, x, (tile * cols + k) * TILE, y, tile * TILE * stride + panel * PANEL, stride, count, k == 0);
        }
      }
    }
  }

  /// PANEL outputs of four tokens: y (+)= w[k][PANEL] · x[k][4], eight accumulators.
  private static void tile(
      float[] w, int wo, float[] x, int xo, float[] y, int yo, int stride, int count, boolean first) {
    FloatVector a00 = FloatVector.zero(SPECIES), a01 = a00, a10 = a00, a11 = a00;
    FloatVector a20 = a00, a21 = a00, a30 = a00, a31 = a00;
    int y1 = yo + stride, y2 = y1 + stride, y3 = y2 + stride;
    if (!first) {
      a00 = FloatVector.fromArray(SPECIES, y, yo);
      a01 = FloatVector.fromArray(SPECIES, y, yo + LANES);
      a10 = FloatVector.fromArray(SPECIES, y, y1);
      a11 = FloatVector.fromArray(SPECIES, y, y1 + LANES);
      a20 = FloatVector.fromArray(SPECIES, y, y2);
      a21 = FloatVector.fromArray(SPECIES, y, y2 + LANES);
      a30 = FloatVector.fromArray(SPECIES, y, y3);
      a31 = FloatVector.fromArray(SPECIES, y, y3 + LANES);
    }
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
  private static void fourPanels(float[] w, int wo, float[] x, float[] y, int yo, int cols) {
    FloatVector a00 = FloatVector.zero(SPECIES), a01 = a00, a10 = a00, a11 = a00;
    FloatVector a20 = a00, a21 = a00, a30 = a00, a31 = a00;
    int next = cols * PANEL;
    for (int k = 0; k < cols; k++) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[k]);
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

  private static void onePanel(float[] w, int wo, float[] x, float[] y, int yo, int cols) {
    FloatVector a0 = FloatVector.zero(SPECIES), a1 = a0;
    for (int k = 0; k < cols; k++) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[k]);
      int q = wo + k * PANEL;
      a0 = FloatVector.fromArray(SPECIES, w, q).fma(v, a0);
      a1 = FloatVector.fromArray(SPECIES, w, q + LANES).fma(v, a1);
    }
    a0.intoArray(y, yo);
    a1.intoArray(y, yo + LANES);
  }
}
