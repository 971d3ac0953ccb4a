package dev.athanor.nn;

import dev.athanor.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/// From hidden states to logits: `cap(prepare(h) · Wᵀ + bias)`.
///
/// @param weight_VC [vocabulary or labels, hidden]
/// @param prepare what happens to the hidden states first
/// @param softcap logits become `softcap · tanh(logits / softcap)`
public record OutputHead(
    Tensor weight_VC, Optional<Tensor> bias_V, OptionalDouble softcap, UnaryOperator<Tensor> prepare) {

  /// A matrix alone.
  public static OutputHead of(Tensor weight_VC) {
    return new OutputHead(weight_VC, Optional.empty(), OptionalDouble.empty(), UnaryOperator.identity());
  }

  /// All logits at once: for a few positions, or to look at.
  public Tensor logits(Tensor hidden_NC) {
    Tensor prepared = prepare.apply(hidden_NC);
    Tensor logits = bias_V.isPresent() ? prepared.linear(weight_VC, bias_V.get()) : prepared.linear(weight_VC);
    return softcap.isPresent()
        ? logits.mul(1 / softcap.getAsDouble()).tanh().mul(softcap.getAsDouble())
        : logits;
  }
}
