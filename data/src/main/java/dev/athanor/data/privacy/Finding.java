package dev.athanor.data.privacy;

import dev.athanor.data.flow.Span;
import java.util.Comparator;

/// Something personal or secret in a text.
///
/// @param confidence from 0 to 1: above .9 a checksum or an unmistakable form, about .7 a form or a context word, below .5 a guess
/// @param why what made it so: "checksum, date and county"
public record Finding(PiiKind kind, Span span, double confidence, String why) {
  /// The surest first, then the longest, then the first.
  static final Comparator<Finding> STRONGEST =
      Comparator.comparingDouble(Finding::confidence)
          .reversed()
          .thenComparing(Comparator.comparingInt(Finding::length).reversed())
          .thenComparingInt(finding -> finding.span().from())
          .thenComparing(Finding::kind);

  /// The longest first, then the surest, then the first.
  static final Comparator<Finding> LONGEST =
      Comparator.comparingInt(Finding::length)
          .reversed()
          .thenComparing(Comparator.comparingDouble(Finding::confidence).reversed())
          .thenComparingInt(finding -> finding.span().from())
          .thenComparing(Finding::kind);

  int length() {
    return span.to() - span.from();
  }

  public String in(String text) {
    return text.substring(span.from(), span.to());
  }
}
