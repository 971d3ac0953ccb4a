package dev.athanor.model.adapter;

import java.util.Arrays;

/// What an adapter adds to a matrix: `y = W x + scale · B (A x)`. Hu et al., https://arxiv.org/abs/2106.09685
///
/// @param weight the matrix, by our name
/// @param in columns of the matrix
/// @param out its rows
/// @param a [rank, in], row-major; the same array where several matrices lie in one published tensor
/// @param b [out, rank], row-major
public record LowRank(String weight, int rank, int in, int out, float[] a, float[] b, double scale) {
  public LowRank {
    if (a.length != Math.multiplyExact(rank, in) || b.length != Math.multiplyExact(out, rank)) {
      throw new IllegalArgumentException(
          "%s: %d and %d numbers are no [%d, %d] and [%d, %d]".formatted(weight, a.length, b.length, rank, in, out, rank));
    }
  }

  /// What it adds to some of the rows alone.
  LowRank rows(String name, int from, int to) {
    return new LowRank(name, rank, in, to - from, a, Arrays.copyOfRange(b, from * rank, to * rank), scale);
  }

  /// Adds elements from … from + count − 1 of `scale · B A`, in row order, to `sums`.
  void addTo(double[] sums, long from, int count) {
    for (int done = 0; done < count; ) {
      int row = Math.toIntExact((from + done) / in);
      int column = Math.toIntExact((from + done) % in);
      int many = Math.min(count - done, in - column);
      for (int r = 0; r < rank; r++) {
        double factor = scale * b[row * rank + r];
        int at = r * in + column;
        for (int i = 0; i < many; i++) {
          sums[done + i] += factor * a[at + i];
        }
      }
      done += many;
    }
  }

  /// The same of the matrix with rows and columns exchanged, as GPT-2's are stored.
  void addTransposedTo(double[] sums, long from, int count) {
    for (int i = 0; i < count; i++) {
      int column = Math.toIntExact((from + i) / out);
      int row = Math.toIntExact((from + i) % out);
      double sum = 0;
      for (int r = 0; r < rank; r++) {
        sum += (double) a[r * in + column] * b[row * rank + r];
      }
      sums[i] += scale * sum;
    }
  }
}
