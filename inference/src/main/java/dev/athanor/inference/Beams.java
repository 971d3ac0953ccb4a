package dev.athanor.inference;

import dev.athanor.base.UserException;

/// A search for the most likely texts: the `width` most likely beginnings go on together. A text's score is the sum of its tokens'
/// log-probabilities divided by (their number)^`lengthPenalty`, the token that ends it among them.
///
/// @param width beginnings that are kept
/// @param lengthPenalty above 0 favours longer texts, since log-probabilities are negative
/// @param earlyStopping ends as soon as `width` texts have ended, without asking whether a longer one could become better
public record Beams(int width, double lengthPenalty, boolean earlyStopping) {
  /// A pass computes a row for each, and each holds pages.
  public static final int MOST = 64;

  /// @throws UserException when they are impossible
  public Beams {
    if (width < 1 || width > MOST) {
      throw new UserException("a search keeps between 1 and " + MOST + " beams, not " + width);
    }
    if (!Double.isFinite(lengthPenalty)) {
      throw new UserException("a length penalty is a number, not " + lengthPenalty);
    }
  }

  /// With texts' mean log-probability as their score.
  public static Beams of(int width) {
    return new Beams(width, 1, false);
  }
}
