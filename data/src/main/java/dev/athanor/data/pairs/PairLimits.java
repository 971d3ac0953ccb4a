package dev.athanor.data.pairs;

/// How large a method and its documentation may be to become a pair; what is longer would not fit a small model's context.
///
/// @param maxDocumentationChars a longer description is cut to its first paragraph or sentence, if that fits
/// @param maxMethodChars of the method's source without its doc comment, de-indented
/// @param maxMethodLines of the same
public record PairLimits(int maxDocumentationChars, int maxMethodChars, int maxMethodLines) {
  public static final PairLimits DEFAULT = new PairLimits(400, 1200, 40);

  public PairLimits {
    if (maxDocumentationChars < 1 || maxMethodChars < 1 || maxMethodLines < 1) {
      throw new IllegalArgumentException("limits of pairs must be positive");
    }
  }
}
