package dev.athanor.train.objective;

import dev.athanor.data.Rows;
import java.util.Arrays;

/// Rows of which only the first inputs are there: what stands after the `used`-th is made end-of-text, and what follows padding.
record PaddedRows(Rows rows, int used, int endOfText) implements Rows {
  @Override
  public int length() {
    return rows.length();
  }

  @Override
  public void row(long row, int[] tokens, int[] segments) {
    rows.row(row, tokens, segments);
    Arrays.fill(tokens, used, tokens.length, endOfText);
    Arrays.fill(segments, used, segments.length, PADDING);
  }
}
