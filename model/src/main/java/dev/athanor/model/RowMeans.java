package dev.athanor.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Rows each of which is the mean of some rows of a table, added up in F64. Asked for in order, each is computed once.
final class RowMeans implements Numbers {
  private final StoredTensor table;
  private final List<int[]> rows;
  private final int width;
  private final float[] row;
  private final double[] sum;
  private final float[] mean;
  private long at = -1;

  RowMeans(StoredTensor table, List<int[]> rows) {
    this.table = table;
    this.rows = rows;
    width = Math.toIntExact(table.elements() / table.shape()[0]);
    row = new float[width];
    sum = new double[width];
    mean = new float[width];
  }

  /// The mean of all, again and again.
  static Numbers ofAll(StoredTensor table) {
    int[] all = IntStream.range(0, Math.toIntExact(table.shape()[0])).toArray();
    RowMeans one = new RowMeans(table, List.of(all));
    return (from, to, start, count) -> {
      for (int i = 0; i < count; ) {
        int column = (int) ((from + i) % one.width);
        int n = Math.min(count - i, one.width - column);
        one.floats(column, to, start + i, n);
        i += n;
      }
    };
  }

  @Override
  public void floats(long from, float[] to, int start, int count) {
    for (int i = 0; i < count; ) {
      long element = from + i;
      compute(element / width);
      int column = (int) (element % width);
      int n = Math.min(count - i, width - column);
      System.arraycopy(mean, column, to, start + i, n);
      i += n;
    }
  }

  private void compute(long wanted) {
    if (wanted == at) {
      return;
    }
    int[] parts = rows.get((int) wanted);
    Arrays.fill(sum, 0);
    for (int part : parts) {
      table.floats((long) part * width, row, 0, width);
      for (int i = 0; i < width; i++) {
        sum[i] += row[i];
      }
    }
    for (int i = 0; i < width; i++) {
      mean[i] = (float) (sum[i] / parts.length);
    }
    at = wanted;
  }
}
