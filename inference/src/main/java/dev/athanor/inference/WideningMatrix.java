package dev.athanor.inference;

import static dev.athanor.inference.Lanes.PANEL;
import static dev.athanor.inference.Lanes.TILE;

/// A matrix whose weights are widened to F32, a part of a panel at a time, before they meet more than one token.
abstract sealed class WideningMatrix extends PackedMatrix permits FloatMatrix, HalfMatrix, Int8Matrix {
  /// Columns taken at a time, so that a panel's part and a tile's stay in the first-level cache; whole groups of a quantized format.
  static final int BLOCK = 256;

  /// Tokens taken at a time, so that their part of a block of columns stays in the second-level cache.
  private static final int TOKENS = 128;

  /// Numbers that a member needs to itself while it multiplies.
  static final int ROOM = PANEL * BLOCK;

  WideningMatrix(int rows, int cols) {
    super(rows, cols);
  }

  @Override
  void many(Activations x, int first, int tiles, float[] y, int stride, Share share) {
    int panels = paddedRows() / PANEL;
    int from = share.from(panels);
    int to = share.to(panels);
    float[] in = x.data();
    for (int token = 0; token < tiles; token += TOKENS / TILE) {
      int end = Math.min(tiles, token + TOKENS / TILE);
      for (int k = 0; k < cols(); k += BLOCK) {
        int count = Math.min(BLOCK, cols() - k);
        for (int panel = from; panel < to; panel++) {
          float[] w = widened(panel, k, count, share.room().floats());
          int wo = widenedAt(panel, k);
          for (int tile = token; tile < end; tile++) {
            int row = first + tile * TILE;
            int at = row * stride + panel * PANEL;
            if (k == 0) {
              Tiles.multiply(w, wo, in, row * cols(), bias(), panel * PANEL, 0, y, at, stride, count);
            } else {
              Tiles.multiply(w, wo, in, row * cols() + k * TILE, y, at, stride, y, at, stride, count);
            }
          }
        }
      }
    }
  }

  /// Some columns of a panel as F32, PANEL numbers a column.
  ///
  /// @param room of ROOM numbers
  abstract float[] widened(int panel, int k, int count, float[] room);

  /// Where they begin in what `widened` gives.
  int widenedAt(int panel, int k) {
    return 0;
  }
}
