package dev.athanor.nn;

import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The recurrence `h ← exp(Δ·A) ⊙ h + Δ·u·B`, `y = h·C` over a sequence. Gu and Dao, https://arxiv.org/abs/2312.00752
///
/// Shapes: B sequences, L positions, I channels, S states of a channel.
final class SelectiveScan {
  private SelectiveScan() {}

  /// @param state_BIS after the last position
  record Result(Tensor y_BLI, Tensor state_BIS) {}

  /// Position by position, as the formula says.
  static Result plain(
      Tensor u_BLI, Tensor delta_BLI, Tensor a_IS, Tensor b_BLS, Tensor c_BLS, @Nullable Tensor state) {
    Tensor h = state == null ? Tensor.zeros(u_BLI.size(0), u_BLI.size(2), a_IS.size(1)) : state;
    List<Tensor> ys = new ArrayList<>();
    for (long t = 0; t < u_BLI.size(1); t++) {
      Tensor delta_BI1 = delta_BLI.select(1, t).unsqueeze(2);
      Tensor input = delta_BI1.mul(u_BLI.select(1, t).unsqueeze(2)).mul(b_BLS.select(1, t).unsqueeze(1));
      h = delta_BI1.mul(a_IS).exp().mul(h).add(input);
      ys.add(h.mul(c_BLS.select(1, t).unsqueeze(1)).sum(2, false).unsqueeze(1));
    }
    return new Result(Tensor.cat(ys, 1), h);
  }

  /// The same in ⌈√L⌉ + L/⌈√L⌉ steps instead of L: chunks of about √L positions run side by side from a zero state, then the
  /// states between chunks one after the other, and what each chunk was to begin with is added, decayed. Every factor is a
  /// product of decays and at most 1, so that nothing overflows however fast a state decays.
  static Result chunked(
      Tensor u_BLI, Tensor delta_BLI, Tensor a_IS, Tensor b_BLS, Tensor c_BLS, @Nullable Tensor state) {
    long batch = u_BLI.size(0);
    long length = u_BLI.size(1);
    long inner = u_BLI.size(2);
    long states = a_IS.size(1);
    if (length == 1) {
      return plain(u_BLI, delta_BLI, a_IS, b_BLS, c_BLS, state);
    }
    long size = (long) Math.ceil(Math.sqrt((double) length));
    long chunks = Math.ceilDiv(length, size);
    long padding = chunks * size - length; // Δ = 0: the state stays as it is
    Tensor delta = padded(delta_BLI, padding).view(batch, chunks, size, inner);
    Tensor scaled = padded(delta_BLI.mul(u_BLI), padding).view(batch, chunks, size, inner);
    Tensor b = padded(b_BLS, padding).view(batch, chunks, size, states);
    Tensor c = padded(c_BLS, padding).view(batch, chunks, size, states);

    List<Tensor> local = new ArrayList<>();
    Tensor h = scaled.select(2, 0).unsqueeze(3).mul(b.select(2, 0).unsqueeze(2));
    local.add(h);
    for (long t = 1; t < size; t++) {
      Tensor input = scaled.select(2, t).unsqueeze(3).mul(b.select(2, t).unsqueeze(2));
      h = delta.select(2, t).unsqueeze(3).mul(a_IS).exp().mul(h).add(input);
      local.add(h);
    }
    Tensor elapsed = delta.cumsum(2); // Σ Δ since the chunk began
    Tensor before = state == null ? Tensor.zeros(batch, inner, states) : state;
    List<Tensor> entering = new ArrayList<>();
    for (long k = 0; k < chunks; k++) {
      entering.add(before.unsqueeze(1));
      Tensor decay = elapsed.select(1, k).select(1, size - 1).unsqueeze(2).mul(a_IS).exp();
      before = decay.mul(before).add(local.getLast().select(1, k));
    }
    Tensor entering_BKIS = Tensor.cat(entering, 1);
    List<Tensor> ys = new ArrayList<>();
    for (int t = 0; t < size; t++) {
      Tensor carried = elapsed.select(2, t).unsqueeze(3).mul(a_IS).exp().mul(entering_BKIS);
      Tensor whole = local.get(t).add(carried);
      ys.add(whole.mul(c.select(2, t).unsqueeze(2)).sum(3, false).unsqueeze(2));
    }
    Tensor y = Tensor.cat(ys, 2).reshape(batch, chunks * size, inner);
    return new Result(y.narrow(1, 0, length), before);
  }

  private static Tensor padded(Tensor x_BLI, long padding) {
    return padding == 0
        ? x_BLI.contiguous()
        : Tensor.cat(List.of(x_BLI, Tensor.zeros(x_BLI.size(0), padding, x_BLI.size(2))), 1);
  }
}
