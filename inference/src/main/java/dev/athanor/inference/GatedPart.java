package dev.athanor.inference;

import dev.athanor.model.Activation;

/// `down(act(gate(x)) ⊙ up(x))`.
final class GatedPart implements BlockPart {
  private final Gated weights;
  private final Activation activation;
  private final Stream stream;
  private final Buffer gateUp;
  private final Activations gated;

  GatedPart(Gated weights, Activation activation, Stream stream, Scratch.Frame frame) {
    this.weights = weights;
    this.activation = activation;
    this.stream = stream;
    gateUp = frame.rows(weights.stride());
    gated = frame.activations(weights.intermediate()).readBy(weights.down());
    stream.in().readBy(weights.gateUp());
  }

  @Override
  public void run(Share share) {
    weights.gateUp().multiply(share, stream.in(), gateUp, weights.stride());
    weights.gateUpSite().add(share, stream.in(), gateUp, weights.stride());
    share.barrier();
    for (int row = share.from(); row < share.to(); row++) {
      weights.activate(activation, gateUp.data(), row, gated, share.batch().alone());
    }
    share.barrier();
    weights.down().multiply(share, gated, stream.out(), stream.stride());
    weights.downSite().add(share, gated, stream.out(), stream.stride());
    share.barrier();
  }
}
