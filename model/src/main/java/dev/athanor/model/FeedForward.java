package dev.athanor.model;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.OptionalInt;

/// What transforms each position by itself.
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
public sealed interface FeedForward {
  /// `down(act(gate(x)) ⊙ up(x))`: SwiGLU, GeGLU. Shazeer, https://arxiv.org/abs/2002.05202
  record Gated(int intermediateSize, Activation activation, boolean bias) implements FeedForward {
    public Gated {
      Facts.require(intermediateSize > 0, "intermediateSize must be positive");
    }

    /// SwiGLU without biases.
    public Gated(int intermediateSize) {
      this(intermediateSize, Activation.SILU, false);
    }
  }

  /// `down(act(up(x)))`
  record Plain(int intermediateSize, Activation activation, boolean bias) implements FeedForward {
    public Plain {
      Facts.require(intermediateSize > 0, "intermediateSize must be positive");
    }
  }

  /// A mixture of gated experts without biases: a router sends each token to the `perToken` likeliest, weighted by their
  /// probabilities. No expert has a capacity: no token is dropped. Jiang et al., https://arxiv.org/abs/2401.04088
  ///
  /// @param normalise the chosen experts' probabilities are divided by their sum
  /// @param shared the intermediate size of experts that every token goes to (DeepSeek-MoE, https://arxiv.org/abs/2401.06066)
  /// @param balanceLoss weight of the load-balancing loss (Fedus et al., https://arxiv.org/abs/2101.03961), 1.0 at perfect balance
  /// @param zLoss weight of the router's z-loss, `mean(logsumexp²)` (Zoph et al., https://arxiv.org/abs/2202.08906)
  record Experts(
      int numExperts,
      int perToken,
      int intermediateSize,
      Activation activation,
      boolean normalise,
      OptionalInt shared,
      double balanceLoss,
      double zLoss)
      implements FeedForward {
    public Experts {
      Facts.require(numExperts > 0 && intermediateSize > 0, "a mixture needs experts of some size");
      Facts.require(perToken > 0 && perToken <= numExperts, "a token goes to between 1 and numExperts experts");
      Facts.require(balanceLoss >= 0 && zLoss >= 0, "the weights of the router's losses must not be negative");
    }
  }

  /// The block has a mixer only (Mamba).
  record None() implements FeedForward {}
}
