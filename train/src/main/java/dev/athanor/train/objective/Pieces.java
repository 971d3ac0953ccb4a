package dev.athanor.train.objective;

import dev.athanor.data.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows as stretches of documents: cut at end-of-text, which is left out. What objectives mask, corrupt and pair up.
///
/// A micro-batch is `rowsPerBatch` rows, and an objective draws its chance for each row from the row's number. So eight batches
/// of one row are one batch of eight, and as rows are numbered on through the epochs, every epoch sees another noise.
///
/// @param endOfText the token that ends each document
public record Pieces(Rows rows, int rowsPerBatch, int endOfText) {
  public Pieces {
    if (rowsPerBatch < 1) {
      throw new IllegalArgumentException("a batch needs at least one row, not " + rowsPerBatch);
    }
  }

  /// The row's pieces in order, none of them empty; one empty piece where the row holds nothing but end-of-text.
  List<int[]> of(long row) {
    int length = rows.length();
    int[] tokens = new int[length + 1];
    int[] segments = new int[length];
    rows.row(row, tokens, segments);
    int used = Rows.used(segments);
    List<int[]> pieces = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i <= used; i++) {
      if (i == used || tokens[i] == endOfText) {
        if (i > begin) {
          pieces.add(Arrays.copyOfRange(tokens, begin, i));
        }
        begin = i + 1;
      }
    }
    return pieces.isEmpty() ? List.of(new int[0]) : pieces;
  }

  /// The number of the first row of a micro-batch.
  long firstRow(long index) {
    return Math.multiplyExact(index, (long) rowsPerBatch);
  }
}
