package dev.athanor.inference;

/// The input of a product: a row that is alone as it is, several in tiles of four, laid out tile by tile, in a tile column by
/// column, in a column row by row, so that a kernel reads one stream. What lies in the unused lanes of a tile does not matter.
///
/// @param width numbers a row
record Activations(Buffer buffer, int width) {
  /// Rows rounded up to whole tiles.
  static int roundedUp(int rows) {
    return (rows + PackedMatrix.TILE - 1) / PackedMatrix.TILE * PackedMatrix.TILE;
  }

  float[] data() {
    return buffer.data();
  }

  /// Puts numbers from[at…] in the places k… of a row.
  ///
  /// @param alone the row is the only one of its product; it is the first of a tile
  void put(int row, boolean alone, int k, float[] from, int at, int count) {
    float[] data = buffer.data();
    int step = step(alone);
    int to = begin(row, alone) + k * step;
    for (int i = 0; i < count; i++) {
      data[to + i * step] = from[at + i];
    }
  }

  /// Puts a whole row of others that are as wide.
  void copy(int row, boolean alone, Activations from, int fromRow, boolean fromAlone) {
    float[] data = buffer.data();
    float[] source = from.data();
    int step = step(alone);
    int fromStep = step(fromAlone);
    int to = begin(row, alone);
    int at = begin(fromRow, fromAlone);
    for (int i = 0; i < width; i++) {
      data[to + i * step] = source[at + i * fromStep];
    }
  }

  private int begin(int row, boolean alone) {
    int tile = row / PackedMatrix.TILE * PackedMatrix.TILE * width;
    return alone ? tile : tile + row % PackedMatrix.TILE;
  }

  private static int step(boolean alone) {
    return alone ? 1 : PackedMatrix.TILE;
  }
}
