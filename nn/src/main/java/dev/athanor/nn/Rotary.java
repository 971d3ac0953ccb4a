package dev.athanor.nn;

import dev.athanor.model.Rope;
import dev.athanor.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rotary position embedding over [tokens, heads, headDim], as `x · cos + swap(x) · sin`, where `swap` exchanges the halves and the
/// sign of the first half sits in the table: two products and one join, the cheapest form that was measured.
final class Rotary {
  private final int half;
  private final Tensor cos_NxD;
  private final Tensor sin_NxD;

  private Rotary(int half, Tensor cos, Tensor sin) {
    this.half = half;
    cos_NxD = cos;
    sin_NxD = sin;
  }

  /// The angles of positions, worked out when they are first asked for.
  static final class Table {
    private final Rope rope;
    private final int headDim;
    private int positions;
    private float[] cos = {};
    private float[] sin = {};

    Table(Rope rope, int headDim) {
      this.rope = rope;
      this.headDim = headDim;
    }

    /// The rotation of each position of a batch.
    ///
    /// @param pasts of the sequences; null where they begin here
    Rotary at(Sequences sequences, @Nullable List<? extends Past> pasts) {
      int tokens = sequences.positions();
      float[] batchCos = new float[tokens * headDim];
      float[] batchSin = new float[tokens * headDim];
      int row = 0;
      for (int i = 0; i < sequences.count(); i++) {
        int end = sequences.starts()[i] + sequences.lengths()[i];
        if (rope.isDynamic() && pasts != null) {
          for (int position = sequences.starts()[i]; position < end; position++) {
            copy(position, position + 1, pasts.get(i).lengthAt(position, end), batchCos, batchSin, row++);
          }
        } else {
          copy(sequences.starts()[i], end, end, batchCos, batchSin, row);
          row += sequences.lengths()[i];
        }
      }
      return rotary(batchCos, batchSin, tokens);
    }

    private Rotary rotary(float[] someCos, float[] someSin, long tokens) {
      return new Rotary(
          headDim / 2, Tensor.of(someCos, tokens, 1, headDim), Tensor.of(someSin, tokens, 1, headDim));
    }

    private synchronized void copy(int from, int to, int length, float[] toCos, float[] toSin, int row) {
      if (rope.isDynamic()) {
        float[][] own = angles(from, to, length);
        System.arraycopy(own[0], 0, toCos, row * headDim, own[0].length);
        System.arraycopy(own[1], 0, toSin, row * headDim, own[1].length);
        return;
      }
      if (to > positions) {
        positions = Math.max(to, 2 * positions);
        float[][] all = angles(0, positions, positions);
        cos = all[0];
        sin = all[1];
      }
      System.arraycopy(cos, from * headDim, toCos, row * headDim, (to - from) * headDim);
      System.arraycopy(sin, from * headDim, toSin, row * headDim, (to - from) * headDim);
    }

    /// Cosines and signed sines of the positions `from` to `to` of a sequence of `length`.
    private float[][] angles(int from, int to, int length) {
      float[] allCos = new float[(to - from) * headDim];
      float[] allSin = new float[(to - from) * headDim];
      double[] frequencies = rope.frequencies(headDim, length);
      double magnitude = rope.magnitude();
      int half = headDim / 2;
      for (int i = 0; i < half; i++) {
        for (int position = from; position < to; position++) {
          double angle = position * frequencies[i];
          int at = (position - from) * headDim + i;
          allCos[at] = allCos[at + half] = (float) (magnitude * Math.cos(angle));
          allSin[at + half] = (float) (magnitude * Math.sin(angle));
          allSin[at] = -allSin[at + half];
        }
      }
      return new float[][] {allCos, allSin};
    }
  }

  Tensor cos() {
    return cos_NxD;
  }

  Tensor sin() {
    return sin_NxD;
  }

  Tensor turn(Tensor x_NHD) {
    Tensor swapped = Tensor.cat(List.of(x_NHD.narrow(2, half, half), x_NHD.narrow(2, 0, half)), 2);
    return x_NHD.mul(cos_NxD).add(swapped.mul(sin_NxD));
  }
}
