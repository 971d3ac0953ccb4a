package dev.athanor.inference;

import dev.athanor.model.StoredTensor;
import java.util.List;

/// Products of whole matrices by the engine's kernels, in F32.
public final class DenseProduct implements AutoCloseable {
  private final ThreadTeam team;

  /// @param threads that compute, the caller among them
  public DenseProduct(int threads) {
    team = new ThreadTeam(threads).started();
  }

  /// `Y = X Wᵀ`
  ///
  /// @param w row by row, [rows, cols]
  /// @param x row by row, [count, cols]
  /// @return row by row, [count, rows]
  public float[] multiply(float[] w, int rows, int cols, float[] x) {
    int count = x.length / cols;
    PackedMatrix matrix = PackedMatrix.of(StoredTensor.of(w, rows, cols));
    Activations in = Activations.own(cols).readBy(matrix);
    in.fit(Activations.roundedUp(count));
    for (int row = 0; row < count; row++) {
      in.putRow(row, count == 1, x, row * cols);
    }
    int stride = matrix.paddedRows();
    float[] padded = new float[Math.multiplyExact(Activations.roundedUp(count), stride)];
    Batch none = new Batch(List.of());
    team.run(
        (thread, threads) ->
            matrix.multiply(new Share(none, team, thread, threads, team.room(thread)), in, 0, count, padded, stride));
    float[] y = new float[Math.multiplyExact(count, rows)];
    for (int row = 0; row < count; row++) {
      System.arraycopy(padded, row * stride, y, row * rows, rows);
    }
    return y;
  }

  @Override
  public void close() {
    team.close();
  }
}
