package dev.athanor.inference;

/// Whether passes that verify guesses are worth their time, by what they were seen to take and to give; apart for each number of
/// sequences that generate together, since a pass with more rows of its own has less room for guesses.
///
/// Guesses are worth it while `tokens a pass · time of a plain pass > time of a pass with guesses`. When they are not, none is made for
/// PAUSE passes; and one pass in PROBE is plain, so that its time is known.
final class SpeculationGain {
  private static final int SIZES = 9;
  private static final int PAUSE = 64;
  private static final int PROBE = 32;
  /// A gain that is not worth the doubt.
  private static final double LEAST = 1.02;
  /// The weight of the latest pass.
  private static final double WEIGHT = 0.1;
  /// Passes with guesses before they are judged.
  private static final int TRIAL = 4;

  private final double[] plainNanos = new double[SIZES];
  private final double[] guessedNanos = new double[SIZES];
  private final double[] guessedTokens = new double[SIZES];
  private final int[] trials = new int[SIZES];
  private final int[] pause = new int[SIZES];
  private final int[] untilProbe = new int[SIZES];
  private long drafted;
  private long accepted;

  private static int size(int generating) {
    return Math.min(generating, SIZES - 1);
  }

  /// Whether the next pass should verify guesses.
  boolean guess(int generating) {
    int size = size(generating);
    if (pause[size] > 0) {
      pause[size]--;
      return false;
    }
    if (plainNanos[size] == 0 || untilProbe[size]-- <= 0) {
      untilProbe[size] = PROBE;
      return false;
    }
    return true;
  }

  /// What a pass of sequences that all generate took.
  ///
  /// @param guesses tokens that were guessed, 0 for a plain pass
  /// @param right of them
  void passed(int generating, int guesses, int right, long nanos) {
    int size = size(generating);
    drafted += guesses;
    accepted += right;
    if (guesses == 0) {
      plainNanos[size] = average(plainNanos[size], (double) nanos);
      return;
    }
    guessedNanos[size] = average(guessedNanos[size], (double) nanos);
    guessedTokens[size] = average(guessedTokens[size], generating + right);
    if (++trials[size] >= TRIAL && gain(size) < LEAST) {
      pause[size] = PAUSE;
      trials[size] = 0;
      guessedNanos[size] = 0;
      guessedTokens[size] = 0;
    }
  }

  private double gain(int size) {
    return guessedTokens[size] / size * plainNanos[size] / guessedNanos[size];
  }

  private static double average(double before, double latest) {
    return before == 0 ? latest : before + WEIGHT * (latest - before);
  }

  /// Tokens that were guessed.
  long drafted() {
    return drafted;
  }

  /// Tokens that were guessed rightly.
  long accepted() {
    return accepted;
  }
}
