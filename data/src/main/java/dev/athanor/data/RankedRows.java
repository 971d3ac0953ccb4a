package dev.athanor.data;

/// The rows of one rank among several: every `ranks`-th, so that all ranks together see the order of one. Whoever changes the number of
/// ranks after n rows of each goes on at row n·ranks of the whole.
///
/// @param rank from 0
/// @param ranks how many there are
/// @param from the row of the whole at which rank 0 begins
public record RankedRows(Rows rows, int rank, int ranks, long from) implements Rows {
  public RankedRows {
    if (ranks < 1 || rank < 0 || rank >= ranks || from < 0) {
      throw new IllegalArgumentException("rank " + rank + " of " + ranks + " from row " + from);
    }
  }

  @Override
  public int length() {
    return rows.length();
  }

  @Override
  public void row(long row, int[] tokens, int[] segments) {
    rows.row(Math.addExact(from, Math.addExact(Math.multiplyExact(row, (long) ranks), rank)), tokens, segments);
  }
}
