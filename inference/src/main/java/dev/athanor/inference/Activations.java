package dev.athanor.inference;

/// The input of a product: one token as it is, several in tiles of four, laid out tile by tile,
/// in a tile column by column, in a column token by token, so that a kernel reads one
/// stream. What lies in the unused lanes of the last tile does not matter.
final class Activations {
  private final float[] data;
  private final int width;
  private int step = 1;

  /// @param width numbers a token
  Activations(int tokens, int width) {
    this.width = width;
    this.data = new float[Math.multiplyExact(roundedUp(tokens), width)];
  }

  /// Tokens rounded up to whole tiles.
  static int roundedUp(int tokens) {
    return (tokens + PackedMatrix.TILE - 1) / PackedMatrix.TILE * PackedMatrix.TILE;
  }

  /// Says how many tokens come, before they are put.
  void expect(int tokens) {
    step = tokens == 1 ? 1 : PackedMatrix.TILE;
  }

  float[] data() {
    return data;
  }

  /// Puts numbers from[at…] in the places k… of a token.
  void put(int token, int k, float[] from, int at, int count) {
    int to = place(token, k);
    for (int i = 0; i < count; i++) {
      data[to + i * step] = from[at + i];
    }
  }

  private int place(int token, int k) {
    return token / PackedMatrix.TILE * PackedMatrix.TILE * width + token % PackedMatrix.TILE + k * step;
  }
}
