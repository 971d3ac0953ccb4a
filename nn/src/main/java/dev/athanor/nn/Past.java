package dev.athanor.nn;

import dev.athanor.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// What came before a pass's tokens in one sequence, block by block. Passes over it record no graph.
public interface Past {
  /// What one block keeps as a whole.
  enum Part {
    /// An encoder's result as keys, [positions, key-value heads, headDim].
    CROSS_KEYS,
    CROSS_VALUES,
    /// The convolution's last inputs, [1, channels, kernel − 1].
    CONVOLUTION,
    /// A state space's state.
    STATE
  }

  /// Both [positions, key-value heads, headDim].
  record KeysValues(Tensor keys, Tensor values) {}

  /// Positions that were fed.
  int length();

  /// The tokens of those positions and perhaps more; an image's patches have its token.
  int[] ids();

  /// What a dynamically scaled rotation takes for the sequence's length at a position of a pass.
  ///
  /// @param end of the pass's positions
  int lengthAt(int position, int end);

  /// Puts the keys and values of the pass's positions behind those before.
  ///
  /// @return those of the positions from `from` on
  KeysValues extend(int block, KeysValues more, int from);

  /// What was put last; null before that.
  @Nullable Tensor part(int block, Part part);

  void put(int block, Part part, Tensor value);
}
