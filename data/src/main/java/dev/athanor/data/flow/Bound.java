package dev.athanor.data.flow;

import java.util.Locale;

/// What a filter allows of a measure.
///
/// @param measure its name, `filter.measure` in snake case: "gopher.mean_word_length"
/// @param least the smallest value that is kept; −∞ for none
/// @param most the largest value that is kept; +∞ for none
/// @param reason under which a document outside is dropped: "mean word length"
public record Bound(String measure, double least, double most, String reason) {
  public static Bound atLeast(String measure, double least, String reason) {
    return new Bound(measure, least, Double.POSITIVE_INFINITY, reason);
  }

  public static Bound atMost(String measure, double most, String reason) {
    return new Bound(measure, Double.NEGATIVE_INFINITY, most, reason);
  }

  public boolean allows(double value) {
    return value >= least && value <= most;
  }

  /// "gopher.mean_word_length is 12.4, more than 10".
  String tell(double value) {
    return value < least
        ? "%s is %s, less than %s".formatted(measure, number(value), number(least))
        : "%s is %s, more than %s".formatted(measure, number(value), number(most));
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.4g", value);
  }
}
