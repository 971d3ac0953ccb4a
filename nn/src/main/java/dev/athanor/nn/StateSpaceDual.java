package dev.athanor.nn;

import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The recurrence `h ← exp(Δ·a)·h + Δ·x·Bᵀ`, `y = h·C`, with one decay `a` a head. Dao and Gu, https://arxiv.org/abs/2405.21060
///
/// Shapes: B sequences, L positions, H heads of P values and S states; K chunks of Q positions.
final class StateSpaceDual {
  private StateSpaceDual() {}

  /// @param state_BHPS after the last position
  record Result(Tensor y_BLHP, Tensor state_BHPS) {}

  /// Position by position, as the formula says.
  static Result plain(
      Tensor x_BLHP, Tensor delta_BLH, Tensor a_H, Tensor b_BLHS, Tensor c_BLHS, @Nullable Tensor state) {
    Tensor h = state == null ? zeroState(x_BLHP, b_BLHS) : state;
    List<Tensor> ys = new ArrayList<>();
    for (long t = 0; t < x_BLHP.size(1); t++) {
      Tensor delta_BH11 = delta_BLH.select(1, t).unsqueeze(2).unsqueeze(3);
      Tensor decay = delta_BLH.select(1, t).mul(a_H).exp().unsqueeze(2).unsqueeze(3);
      Tensor input = x_BLHP.select(1, t).unsqueeze(3).mul(b_BLHS.select(1, t).unsqueeze(2)).mul(delta_BH11);
      h = decay.mul(h).add(input);
      ys.add(h.matmul(c_BLHS.select(1, t).unsqueeze(3)).transpose(2, 3).reshape(x_BLHP.size(0), 1, x_BLHP.size(2), x_BLHP.size(3)));
    }
    return new Result(Tensor.cat(ys, 1), h);
  }

  /// The same as matrix products: inside a chunk attention without softmax, `(C·Bᵀ ⊙ decay)·x`; between chunks the recurrence,
  /// once a chunk.
  static Result chunked(
      Tensor x_BLHP, Tensor delta_BLH, Tensor a_H, Tensor b_BLHS, Tensor c_BLHS, int chunk, @Nullable Tensor state) {
    long batch = x_BLHP.size(0);
    long length = x_BLHP.size(1);
    long heads = x_BLHP.size(2);
    if (length == 1) {
      return plain(x_BLHP, delta_BLH, a_H, b_BLHS, c_BLHS, state);
    }
    long size = Math.min(chunk, length);
    long chunks = Math.ceilDiv(length, size);
    long padding = chunks * size - length; // Δ = 0: the state stays as it is
    Tensor x = byChunk(x_BLHP, padding, chunks, size); // [B, K, H, Q, P]
    Tensor b = byChunk(b_BLHS, padding, chunks, size);
    Tensor c = byChunk(c_BLHS, padding, chunks, size);
    Tensor delta = byChunk(delta_BLH.unsqueeze(3), padding, chunks, size); // [B, K, H, Q, 1]
    Tensor sum = delta.mul(a_H.view(1, 1, heads, 1, 1)).cumsum(3); // ln of the decay since the chunk began

    Tensor scaled = x.mul(delta);
    Tensor decays = sum.sub(sum.transpose(3, 4)).add(hidden(size)).exp(); // [B, K, H, Q, Q], 0 above the diagonal
    Tensor inside = c.matmul(b.transpose(3, 4)).mul(decays).matmul(scaled);

    Tensor last = sum.narrow(3, size - 1, 1);
    Tensor left = scaled.mul(last.sub(sum).exp()).transpose(3, 4).matmul(b); // each chunk's own state, [B, K, H, P, S]
    Tensor before = state == null ? zeroState(x_BLHP, b_BLHS) : state;
    List<Tensor> entering = new ArrayList<>();
    for (long k = 0; k < chunks; k++) {
      entering.add(before.unsqueeze(1));
      before = last.select(1, k).exp().mul(before).add(left.select(1, k));
    }
    Tensor carried = c.matmul(Tensor.cat(entering, 1).transpose(3, 4)).mul(sum.exp());
    Tensor y = inside.add(carried).transpose(2, 3).reshape(batch, chunks * size, heads, x_BLHP.size(3));
    return new Result(y.narrow(1, 0, length), before);
  }

  private static Tensor zeroState(Tensor x_BLHP, Tensor b_BLHS) {
    return Tensor.zeros(x_BLHP.size(0), x_BLHP.size(2), x_BLHP.size(3), b_BLHS.size(3));
  }

  /// [B, L, H, D] as [B, K, H, Q, D].
  private static Tensor byChunk(Tensor x, long padding, long chunks, long size) {
    Tensor whole =
        padding == 0 ? x : Tensor.cat(List.of(x, Tensor.zeros(x.size(0), padding, x.size(2), x.size(3))), 1);
    return whole.reshape(x.size(0), chunks, size, x.size(2), x.size(3)).transpose(2, 3);
  }

  /// −∞ above the diagonal.
  private static Tensor hidden(long size) {
    float[] values = new float[(int) (size * size)];
    for (int row = 0; row < size; row++) {
      java.util.Arrays.fill(values, (int) (row * size) + row + 1, (int) ((row + 1) * size), Float.NEGATIVE_INFINITY);
    }
    return Tensor.of(values, 1, 1, 1, size, size);
  }
}
