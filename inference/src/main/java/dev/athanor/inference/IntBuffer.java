package dev.athanor.inference;

/// Memory for the rows of a pass, as [Buffer], of ints.
final class IntBuffer {
  private long perRow;
  private long more;
  private int[] data = {};

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
      data = new int[size];
    }
  }

  /// Valid until the next `fit`.
  int[] data() {
    return data;
  }
}
