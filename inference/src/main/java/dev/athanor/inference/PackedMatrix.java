package dev.athanor.inference;

import static dev.athanor.inference.Lanes.TILE;
import static dev.athanor.inference.Lanes.padded;

import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.StoredWeight;
import java.util.List;

/// A map `y = W x + b`, W [rows, cols], laid out for SIMD.
///
/// Rows lie interleaved, so that a product reads one stream and never adds across lanes. Every output is one chain
/// `y = fma(w[k], x[k], y)` in the order of k that begins with its bias, whatever the batch, the vector width or the number of
/// threads: prefill, decode and batched decode agree bit for bit, and a format that widens its weights to F32 gives what those
/// weights give in F32. (INT4's chain is that of its groups' whole sums.) The last rows are filled up with zeros.
abstract sealed class PackedMatrix permits WideningMatrix, Int4Matrix, WatchedMatrix {
  private final int rows;
  private final int cols;
  /// What each output's chain begins with.
  private final float[] bias;

  PackedMatrix(int rows, int cols) {
    this.rows = rows;
    this.cols = cols;
    this.bias = new float[padded(rows)];
  }

  /// Several maps of the same input, one below the other.
  ///
  /// @param aligned each begins where a buffer for its outputs alone would end: see [Lanes#padded]
  static PackedMatrix of(WeightFormat format, List<Affine> parts, boolean aligned) {
    int rows = 0;
    for (Affine part : parts) {
      rows += aligned ? padded(part.height()) : part.height();
    }
    int cols = parts.getFirst().width();
    PackedMatrix matrix =
        switch (format) {
          case F32 -> new FloatMatrix(rows, cols);
          case F16 -> new HalfMatrix(rows, cols, HalfMatrix.Kind.F16);
          case BF16 -> new HalfMatrix(rows, cols, HalfMatrix.Kind.BF16);
          case INT8 -> new Int8Matrix(rows, cols);
          case INT4 -> new Int4Matrix(rows, cols);
        };
    int row = 0;
    for (Affine part : parts) {
      matrix.fill(row, part);
      row += aligned ? padded(part.height()) : part.height();
    }
    return matrix;
  }

  static PackedMatrix of(WeightFormat format, Affine affine) {
    return of(format, List.of(affine), false);
  }

  /// In F32.
  static PackedMatrix of(Affine affine) {
    return of(WeightFormat.F32, affine);
  }

  /// In F32.
  static PackedMatrix of(StoredWeight weight) {
    return of(Affine.of(weight));
  }

  final int rows() {
    return rows;
  }

  final int cols() {
    return cols;
  }

  /// The width of a buffer that takes this matrix's outputs.
  final int paddedRows() {
    return padded(rows);
  }

  final float[] bias() {
    return bias;
  }

  private void fill(int firstRow, Affine part) {
    System.arraycopy(part.bias(), 0, bias, firstRow, part.bias().length);
    switch (part.weight()) {
      case QuantizedMatrix matrix when takes(matrix) -> {
        for (int r = 0; r < part.height(); r++) {
          put(firstRow + r, matrix, r);
        }
      }
      case QuantizedMatrix matrix -> putAll(firstRow, part.height(), matrix);
      case StoredTensor tensor -> putAll(firstRow, part.height(), tensor);
    }
  }

  private void putAll(int firstRow, int height, StoredWeight weight) {
    float[] row = new float[cols];
    for (int r = 0; r < height; r++) {
      weight.floats((long) r * cols, row, 0, cols);
      put(firstRow + r, row);
    }
  }

  /// Whether it keeps such codes and scales as they are.
  boolean takes(QuantizedMatrix matrix) {
    return false;
  }

  /// Takes a row's codes and scales, of a matrix that it takes.
  void put(int row, QuantizedMatrix matrix, int from) {
    throw new IllegalStateException("takes no codes");
  }

  /// Takes a row's weights.
  abstract void put(int row, float[] weights);

  /// Copies a row, as F32, to `to[at…]`: the embedding of a token.
  abstract void row(int row, float[] to, int at);

  /// Whether it reads activations that are rounded to 8 bits.
  boolean readsRounded() {
    return false;
  }

  /// This member's share of the outputs of all rows of a pass.
  ///
  /// @param y row-major, `stride` numbers a row
  final void multiply(Share share, Activations x, Buffer y, int stride) {
    multiply(share, x, 0, share.batch().tokens(), y.data(), stride);
  }

  /// One member's share of `Y = X Wᵀ + b`.
  ///
  /// @param x whose rows first … first + count − 1 are taken; alone where it is one; the first of them begins a tile
  /// @param y row-major, `stride` numbers a row, at the same rows; count rounded up to TILE when there are several; stride ≥
  ///     padded(rows)
  final void multiply(Share share, Activations x, int first, int count, float[] y, int stride) {
    if (share.thread() == 0) {
      show(x, first, count);
    }
    if (count == 1) {
      one(x, first, y, first * stride, share);
    } else {
      many(x, first, (count + TILE - 1) / TILE, y, stride, share);
    }
  }

  /// Shows a product's input to whoever wants to see it.
  void show(Activations x, int first, int count) {}

  /// A member's part of one row's outputs, at y[yo…].
  abstract void one(Activations x, int row, float[] y, int yo, Share share);

  /// A member's part of the outputs of whole tiles.
  abstract void many(Activations x, int first, int tiles, float[] y, int stride, Share share);
}
