package dev.athanor.train;

import dev.athanor.nn.TokenBatch;
import java.util.Arrays;

/// Sequences and what is to be predicted after each of their tokens.
///
/// @param targets one an input token; [#IGNORED] where nothing is learned
public record LabelledBatch(TokenBatch batch, long[] targets) {
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
