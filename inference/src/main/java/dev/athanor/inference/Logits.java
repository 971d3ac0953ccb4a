package dev.athanor.inference;

/// Rows of logits, valid until the runner's next forward pass.
///
/// @param data `stride` numbers a row, of which the first `vocabSize` count
public record Logits(float[] data, int stride, int vocabSize, int rows) {
  /// Where a row begins in `data`.
  public int row(int index) {
    if (index < 0 || index >= rows) {
      throw new IndexOutOfBoundsException(index);
    }
    return index * stride;
  }

  /// A copy of a row.
  public float[] copy(int index) {
    return java.util.Arrays.copyOfRange(data, row(index), row(index) + vocabSize);
  }
}
