package dev.athanor.train.objective;

import dev.athanor.base.UserException;
import java.util.Arrays;

/// Which tokens of a text are noise: T5's random spans. Raffel et al., https://arxiv.org/abs/1910.10683, section 3.3.4 and
/// `random_spans_noise_mask` of its published code.
///
/// The numbers of noise tokens and of spans are fixed by the length; noise and the rest are each cut into that many parts, every
/// partition equally likely, and laid alternately, the rest first. So a text begins with what is kept and ends with noise.
///
/// @param density the share of tokens that is noise
/// @param meanSpan the mean length of a span
public record SpanNoise(double density, double meanSpan) {
  public static final SpanNoise T5 = new SpanNoise(0.15, 3);

  public SpanNoise {
    Shares.require("noise density", density);
    if (!(meanSpan >= 1)) {
      throw new IllegalArgumentException("the mean span must be at least 1, not " + meanSpan);
    }
  }

  /// How a text of some length is taken apart. A text of two tokens or more keeps at least one and, where there is noise at all,
  /// loses at least one; of a single token nothing is taken.
  ///
  /// @param tokens of the text
  /// @param noise how many of them
  /// @param spans in as many spans
  public record Counts(int tokens, int noise, int spans) {
    /// What is kept, a sentinel for each span, and the end.
    public int source() {
      return tokens - noise + spans + 1;
    }

    /// The noise, a sentinel before each span, and the end.
    public int target() {
      return noise + spans + 1;
    }
  }

  public Counts counts(int tokens) {
    if (density == 0 || tokens < 2) {
      return new Counts(tokens, 0, 0);
    }
    int noise = (int) Math.min(Math.max(Math.rint(tokens * density), 1), tokens - 1);
    int most = Math.min(noise, tokens - noise);
    int spans = (int) Math.min(Math.max(Math.rint(noise / meanSpan), 1), most);
    return new Counts(tokens, noise, spans);
  }

  /// The longest text of which neither source nor target exceeds a context.
  ///
  /// @throws UserException where none of two tokens fits
  public int rowLength(int contextLength) {
    int tokens = 1;
    while (fits(counts(tokens + 1), contextLength)) {
      tokens++;
    }
    if (tokens < 2) {
      throw new UserException(
          "a context of " + contextLength + " is too short to take spans out of; context_length must be at least 3");
    }
    return tokens;
  }

  private static boolean fits(Counts counts, int contextLength) {
    return counts.source() <= contextLength && counts.target() <= contextLength;
  }

  boolean[] mask(int tokens, Chance chance) {
    Counts counts = counts(tokens);
    boolean[] mask = new boolean[tokens];
    if (counts.spans == 0) {
      return mask;
    }
    int[] noise = chance.partition(counts.noise, counts.spans);
    int[] kept = chance.partition(tokens - counts.noise, counts.spans);
    int at = 0;
    for (int span = 0; span < counts.spans; span++) {
      at += kept[span];
      Arrays.fill(mask, at, at + noise[span], true);
      at += noise[span];
    }
    return mask;
  }
}
