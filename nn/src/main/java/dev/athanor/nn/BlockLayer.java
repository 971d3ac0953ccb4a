package dev.athanor.nn;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.Mixer;
import dev.athanor.model.Stack;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One block of a stack, as its [BlockSpec] and the stack's [dev.athanor.model.NormPlacement] say.
final class BlockLayer {
  private static final int DROPS_PER_BLOCK = 3;

  private final Stack stack;
  private final Parameters parameters;
  private final WeightNames.Block names;
  private final int index;
  private final @Nullable AttentionLayer attention;
  private final @Nullable StateSpaceLayer stateSpace;
  private final @Nullable AttentionLayer cross;
  private final FeedForwardLayer feedForward;

  BlockLayer(Stack stack, Parameters parameters, WeightNames.Block names, int index, Rotary.@Nullable Table angles) {
    this.stack = stack;
    this.parameters = parameters;
    this.names = names;
    this.index = index;
    BlockSpec spec = stack.blocks().get(index);
    double eps = stack.norm().eps();
    switch (spec.mixer()) {
      case Mixer.Attention a -> {
        attention = new AttentionLayer(a, stack.causal(), eps, parameters, names.selfAttention(), index, angles);
        stateSpace = null;
      }
      case Mixer.Mamba m -> {
        attention = null;
        stateSpace = new SelectiveScanLayer(m, parameters, names.stateSpace(), index);
      }
      case Mixer.Mamba2 m -> {
        attention = null;
        stateSpace = new StateSpaceDualLayer(m, parameters, names.stateSpace(), index);
      }
    }
    cross =
        stack.cross()
            .map(a -> new AttentionLayer(a, false, eps, parameters, names.crossAttention(), index, null))
            .orElse(null);
    feedForward = new FeedForwardLayer(spec.feedForward(), parameters, names);
  }

  Tensor forward(Tensor x_NC, Pass pass, @Nullable RelativeScores relative) {
    Tensor mixed = part(x_NC, names.inputNormPart(), names.postNormPart(), 0, pass, x -> mix(x, pass, relative));
    AttentionLayer toSource = cross;
    if (toSource != null) {
      mixed = part(mixed, names.crossNormPart(), names.crossNormPart(), 1, pass, x -> toSource.cross(x, pass));
    }
    if (!feedForward.isPresent()) {
      return mixed;
    }
    String before =
        switch (stack.placement()) {
          case PRE -> names.postNormPart();
          case SANDWICH, POST -> names.preFeedNormPart();
        };
    return part(mixed, before, names.postFeedNormPart(), 2, pass, x -> feedForward.forward(x, pass.routers()));
  }

  private interface Part {
    Tensor of(Tensor x);
  }

  /// A part of the block on the residual stream, with its norms.
  private Tensor part(Tensor x, String normBefore, String normAfter, int place, Pass pass, Part part) {
    int drop = index * DROPS_PER_BLOCK + place + 1;
    return switch (stack.placement()) {
      case PRE -> x.add(pass.dropout().apply(part.of(norm(x, normBefore)), drop));
      case POST -> norm(x.add(pass.dropout().apply(part.of(x), drop)), normAfter);
      case SANDWICH -> x.add(pass.dropout().apply(norm(part.of(norm(x, normBefore)), normAfter), drop));
    };
  }

  private Tensor mix(Tensor x, Pass pass, @Nullable RelativeScores relative) {
    if (attention != null) {
      return attention.self(x, pass, relative);
    }
    if (stateSpace != null) {
      return stateSpace.forward(x, pass);
    }
    throw new IllegalStateException("a block without a mixer");
  }

  private Tensor norm(Tensor x, String part) {
    return Affine.norm(stack.norm(), parameters, part, x);
  }
}
