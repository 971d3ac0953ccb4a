package dev.athanor.inference;

import java.util.Locale;
import java.util.Set;

/// Cuts a text into sentences, in one pass and in stretches of bounded length. It rather leaves two together than cuts one: a stop behind
/// an abbreviation or an initial does not end a sentence, nor does a line that was wrapped.
final class Sentences {
  /// Gets each stretch that is not blank.
  @FunctionalInterface
  interface Taker {
    void take(int from, int to);
  }

  /// Longer ones are cut at white space or a comma, or where they are.
  static final int MOST_CHARS = 4096;
  /// A line this long that ends within a sentence was wrapped.
  private static final int WRAPPED_CHARS = 40;

  private static final String WIDE_ENDS = "。！？；…";
  private static final String ENDS = ".!?";
  private static final String CLOSERS = "\"')]”’»」』）】";
  private static final Set<String> ABBREVIATIONS =
      Set.of("prof", "capt", "sgt", "gen", "rev", "hon", "gov", "sen", "rep", "messrs", "esq", "corp", "dept", "fig", "approx", "bros");

  private Sentences() {}

  static void cut(String text, Taker taker) {
    int from = 0;
    int lineFrom = 0;
    int soft = -1;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int end = -1;
      int next = i + 1;
      if (c == '\n') {
        end = ends(text, lineFrom, i) ? next : -1;
        lineFrom = next;
        soft = next;
      } else if (WIDE_ENDS.indexOf(c) >= 0) {
        next = behind(text, next);
        end = next;
      } else if (ENDS.indexOf(c) >= 0) {
        next = behind(text, next);
        boolean gap = next == text.length() || Character.isWhitespace(text.charAt(next));
        end = gap && !(c == '.' && abbreviates(text, from, i)) ? next : -1;
      } else if (Character.isWhitespace(c) || c == ',' || c == '，' || c == '、') {
        soft = next;
      }
      if (end < 0 && next - from >= MOST_CHARS) {
        end = soft > from ? soft : Character.isHighSurrogate(text.charAt(next - 1)) ? next - 1 : next;
      }
      if (end >= 0) {
        give(text, from, end, taker);
        from = end;
        soft = -1;
      }
      i = next;
    }
    give(text, from, text.length(), taker);
  }

  private static void give(String text, int from, int to, Taker taker) {
    int begin = from;
    int end = to;
    while (begin < end && Character.isWhitespace(text.charAt(begin))) {
      begin++;
    }
    while (end > begin && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    if (begin < end) {
      taker.take(begin, end);
    }
  }

  /// Behind more marks of an end and what closes quotations, few of them: a row of stops is no sentence's end.
  private static int behind(String text, int from) {
    int i = from;
    while (i < text.length() && i < from + 8 && (WIDE_ENDS.indexOf(text.charAt(i)) >= 0 || ENDS.indexOf(text.charAt(i)) >= 0)) {
      i++;
    }
    while (i < text.length() && i < from + 8 && CLOSERS.indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }

  /// Whether a stop stands behind an initial, a word of up to three letters with a capital (Mr, Dr, St) or one of the known ones.
  private static boolean abbreviates(String text, int from, int stop) {
    int begin = stop;
    while (begin > from && stop - begin < 8 && Character.isLetter(text.charAt(begin - 1))) {
      begin--;
    }
    int letters = stop - begin;
    boolean whole = begin == from || !Character.isLetter(text.charAt(begin - 1));
    return letters > 0
        && whole
        && ((letters <= 3 && Character.isUpperCase(text.charAt(begin))) || ABBREVIATIONS.contains(lower(text, begin, stop)));
  }

  private static String lower(String text, int from, int to) {
    return text.substring(from, to).toLowerCase(Locale.ROOT);
  }

  /// Whether a line's end ends a sentence: not where a long line goes on with a letter on the next.
  private static boolean ends(String text, int lineFrom, int lineTo) {
    int last = lineTo - 1;
    while (last > lineFrom && Character.isWhitespace(text.charAt(last))) {
      last--;
    }
    int next = lineTo + 1;
    while (next < text.length() && next < lineTo + 16 && (text.charAt(next) == ' ' || text.charAt(next) == '\t')) {
      next++;
    }
    boolean wrapped =
        last - lineFrom >= WRAPPED_CHARS
            && last - lineFrom < MOST_CHARS
            && (Character.isLetterOrDigit(text.charAt(last)) || text.charAt(last) == ',')
            && next < text.length()
            && Character.isLetter(text.charAt(next));
    return !wrapped;
  }
}
