package dev.athanor.inference;

/// Memory for the rows of a pass. It grows with the longest pass and is as wide as the widest of those that share it.
final class Buffer {
  private long perRow;
  private long more;
  private float[] data = {};

  /// Asks for room, in numbers for each row and beside them.
  void require(long numbersPerRow, long besides) {
    perRow = Math.max(perRow, numbersPerRow);
    more = Math.max(more, besides);
  }

  /// Makes room for so many rows.
  ///
  /// @throws ArithmeticException when it would not fit an array
  void fit(int rows) {
    int size = Math.toIntExact(Math.addExact(Math.multiplyExact(perRow, rows), more));
    if (size > data.length) {
      data = new float[size];
    }
  }

  /// Valid until the next `fit`.
  float[] data() {
    return data;
  }
}
