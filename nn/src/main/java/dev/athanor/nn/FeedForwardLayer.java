package dev.athanor.nn;

import dev.athanor.model.FeedForward;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;

/// The feed-forward part of one block.
final class FeedForwardLayer {
  private final FeedForward feedForward;
  private final Parameters parameters;
  private final WeightNames.Block names;

  FeedForwardLayer(FeedForward feedForward, Parameters parameters, WeightNames.Block names) {
    this.feedForward = feedForward;
    this.parameters = parameters;
    this.names = names;
  }

  boolean isPresent() {
    return !(feedForward instanceof FeedForward.None);
  }

  Tensor forward(Tensor x_NC, RouterLosses losses) {
    return switch (feedForward) {
      case FeedForward.Gated gated -> {
        Tensor gate = Affine.activate(gated.activation(), Affine.linear(parameters, names.gatePart(), gated.bias(), x_NC));
        Tensor up = Affine.linear(parameters, names.upPart(), gated.bias(), x_NC);
        yield Affine.linear(parameters, names.downPart(), gated.bias(), gate.mul(up));
      }
      case FeedForward.Plain plain -> {
        Tensor up = Affine.activate(plain.activation(), Affine.linear(parameters, names.upPart(), plain.bias(), x_NC));
        yield Affine.linear(parameters, names.downPart(), plain.bias(), up);
      }
      case FeedForward.Experts experts -> new ExpertMixture(experts, parameters, names).forward(x_NC, losses);
      case FeedForward.None _ -> throw new IllegalStateException("this block has no feed-forward part");
    };
  }
}
