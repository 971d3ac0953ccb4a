package dev.athanor.train;

import dev.athanor.nn.Batch;
import java.util.Arrays;

/// Sequences and what is to be predicted after each of their tokens; of pairs, after each token of the targets.
///
/// @param targets one for each of `batch.tokens()`; [#IGNORED] where nothing is learned
public record LabelledBatch(Batch batch, long[] targets) {
  public static final long IGNORED = -1;

  public LabelledBatch {
    if (targets.length != batch.tokens()) {
      throw new IllegalArgumentException(targets.length + " targets for " + batch.tokens() + " tokens");
    }
  }

  /// Tokens that are learned.
  public int learned() {
    return (int) Arrays.stream(targets).filter(target -> target != IGNORED).count();
  }
}
