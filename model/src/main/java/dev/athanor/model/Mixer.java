package dev.athanor.model;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What mixes information between positions.
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
public sealed interface Mixer {
  /// Grouped-query attention: `numHeads` query heads share `numKvHeads` key and value heads (as many: multi-head; one:
  /// multi-query). Ainslie et al., https://arxiv.org/abs/2305.13245
  ///
  /// @param qkNorm RMS norm over each head's query and key before the rotation (Qwen3)
  /// @param qkvBias query, key and value projections have biases
  /// @param outputBias the output projection has one
  /// @param window a position sees itself and `window − 1` before it
  /// @param softcap scores become `softcap · tanh(scores / softcap)` (Gemma 2)
  /// @param scale of the products of queries and keys
  record Attention(
      int numHeads,
      int numKvHeads,
      int headDim,
      Optional<Rope> rope,
      boolean qkNorm,
      boolean qkvBias,
      boolean outputBias,
      OptionalInt window,
      OptionalDouble softcap,
      double scale)
      implements Mixer {
    public Attention {
      Facts.require(numHeads > 0 && numKvHeads > 0, "attention needs at least one head");
      Facts.require(numHeads % numKvHeads == 0, "numHeads must be a multiple of numKvHeads");
      Facts.require(headDim > 0, "headDim must be positive");
      Facts.require(rope.isEmpty() || headDim % 2 == 0, "rotation needs an even headDim");
      Facts.require(window.isEmpty() || window.getAsInt() > 0, "a window holds at least the position itself");
      Facts.require(softcap.isEmpty() || softcap.getAsDouble() > 0, "softcap must be positive");
      Facts.require(scale > 0, "scale must be positive");
    }

    /// Rotated, without a window, scaled by headDim^−½.
    public Attention(int numHeads, int numKvHeads, int headDim, Rope rope, boolean qkNorm, boolean qkvBias) {
      this(
          numHeads, numKvHeads, headDim, Optional.of(rope), qkNorm, qkvBias, false,
          OptionalInt.empty(), OptionalDouble.empty(), scale(headDim));
    }

    /// Every head with a key and value of its own, not rotated (BERT, GPT-2, T5, CLIP).
    public static Attention multiHead(int numHeads, int headDim, boolean biases, double scale) {
      return new Attention(
          numHeads, numHeads, headDim, Optional.empty(), false, biases, biases, OptionalInt.empty(), OptionalDouble.empty(), scale);
    }

    /// The usual scale.
    public static double scale(int headDim) {
      return 1 / Math.sqrt(headDim);
    }

    public Attention withRope(Optional<Rope> other) {
      return new Attention(numHeads, numKvHeads, headDim, other, qkNorm, qkvBias, outputBias, window, softcap, scale);
    }

    public Attention withWindow(OptionalInt other) {
      return new Attention(numHeads, numKvHeads, headDim, rope, qkNorm, qkvBias, outputBias, other, softcap, scale);
    }

    public Attention withOutputBias(boolean other) {
      return new Attention(numHeads, numKvHeads, headDim, rope, qkNorm, qkvBias, other, window, softcap, scale);
    }

    public Attention withSoftcap(OptionalDouble other) {
      return new Attention(numHeads, numKvHeads, headDim, rope, qkNorm, qkvBias, outputBias, window, other, scale);
    }

    public Attention withScale(double other) {
      return new Attention(numHeads, numKvHeads, headDim, rope, qkNorm, qkvBias, outputBias, window, softcap, other);
    }
  }

  /// A selective state space: per channel d and state n, `h ← exp(Δ·A)·h + Δ·B·x`, `y = C·h + D·x`, where Δ, B and C follow
  /// from the input; before it a causal convolution, after it a gate. Gu and Dao, https://arxiv.org/abs/2312.00752
  ///
  /// @param innerSize channels
  /// @param convKernel positions that the convolution sees
  /// @param dtRank Δ comes through a bottleneck of this size
  /// @param convBias the convolution has a bias
  /// @param projectionBias the projections in and out have biases
  record Mamba(int innerSize, int stateSize, int convKernel, int dtRank, boolean convBias, boolean projectionBias)
      implements Mixer {
    public Mamba {
      Facts.require(innerSize > 0 && stateSize > 0 && convKernel > 0 && dtRank > 0, "a state space's sizes must be positive");
    }
  }

  /// A state space whose decay is one number a head, so that a chunk of positions is a matrix product. Dao and Gu,
  /// https://arxiv.org/abs/2405.21060
  ///
  /// @param groups heads of a group share B and C
  /// @param chunk positions that are multiplied out together
  /// @param normEps of the gated RMS norm, over each group's channels, before the projection out
  record Mamba2(
      int numHeads,
      int headDim,
      int groups,
      int stateSize,
      int convKernel,
      int chunk,
      boolean convBias,
      boolean projectionBias,
      double normEps)
      implements Mixer {
    public Mamba2 {
      Facts.require(
          numHeads > 0 && headDim > 0 && groups > 0 && stateSize > 0 && convKernel > 0 && chunk > 0,
          "a state space's sizes must be positive");
      Facts.require(numHeads % groups == 0, "numHeads must be a multiple of groups");
    }

    public int innerSize() {
      return numHeads * headDim;
    }

    /// What goes through the convolution: x, B and C.
    public int convSize() {
      return innerSize() + 2 * groups * stateSize;
    }
  }
}
