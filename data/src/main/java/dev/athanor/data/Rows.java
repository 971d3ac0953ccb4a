package dev.athanor.data;

/// An endless stream of documents cut into rows of one length: a pure function of the row's number, so that a resumed run, or
/// one on more ranks, sees the same data. Thread-safe.
public interface Rows {
  /// The segment of inputs that stand behind the last document of a row that is not full: nothing is learned there.
  int PADDING = -1;

  /// Of a row, in inputs.
  int length();

  /// Fills a row. The end-of-text token belongs to the document that it ends.
  ///
  /// @param tokens length + 1 ids: each input's target stands one further
  /// @param segments of each of the `length` inputs: 0 for the first document in the row, 1 for the next, …; [#PADDING] at the end of a
  ///     row that is not full, where the tokens are end-of-text
  void row(long row, int[] tokens, int[] segments);

  /// Inputs of a row before its padding.
  ///
  /// @param segments as [#row] filled them
  static int used(int[] segments) {
    int used = segments.length;
    while (used > 0 && segments[used - 1] == PADDING) {
      used--;
    }
    return used;
  }
}
