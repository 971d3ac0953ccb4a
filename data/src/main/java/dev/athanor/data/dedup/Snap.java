package dev.athanor.data.dedup;

import dev.athanor.data.flow.Span;

/// To what the ends of a span are moved, inwards, so that nothing is cut in two.
public enum Snap {
  /// Code points: they stay where they are.
  CHARACTER,
  /// No run of letters and digits is cut in two; a character of a script without spaces may stand alone.
  WORD,
  /// Whole lines.
  LINE;

  /// The span within this one that cuts nothing in two; empty where there is none.
  Span within(String text, int from, int to) {
    return switch (this) {
      case CHARACTER -> new Span(from, to);
      case WORD -> words(text, from, to);
      case LINE -> lines(text, from, to);
    };
  }

  /// A line is within when its characters are; its end goes with it.
  private static Span lines(String text, int from, int to) {
    int start = from == 0 ? 0 : text.indexOf('\n', from - 1) + 1;
    if (from > 0 && start == 0) {
      return new Span(from, from);
    }
    boolean wholeLine = to == text.length() || text.charAt(to) == '\n';
    int end = wholeLine ? Math.min(to + 1, text.length()) : text.lastIndexOf('\n', to - 1) + 1;
    return start < end ? new Span(start, end) : new Span(from, from);
  }

  private static Span words(String text, int from, int to) {
    int start = from;
    while (start < to && start > 0 && isWord(text, start - 1) && isWord(text, start)) {
      start++;
    }
    int end = to;
    while (end > start && end < text.length() && isWord(text, end - 1) && isWord(text, end)) {
      end--;
    }
    if (start < end && start > 0 && end < text.length() && isWord(text, start - 1) && isWord(text, end)) {
      // The words on both sides stay apart by a space of those that would go.
      if (Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      } else if (Character.isWhitespace(text.charAt(start))) {
        start++;
      }
    }
    return new Span(start, end);
  }

  /// Supplementary characters are taken for what is written without spaces, as nearly all of them are Han.
  private static boolean isWord(String text, int at) {
    char c = text.charAt(at);
    return Character.isLetterOrDigit(c) && !Character.isIdeographic(c) && !Character.isSurrogate(c) && spaced(c);
  }

  private static boolean spaced(char c) {
    return switch (Character.UnicodeScript.of(c)) {
      case HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR, TIBETAN -> false;
      default -> true;
    };
  }
}
