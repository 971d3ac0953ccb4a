package dev.athanor.data.quality;

import java.util.Locale;
import java.util.Set;

/// Counts sentences by a rule: one ends at a run of `.` `!` `?` with the quotes and brackets that close behind it, when white space and
/// then anything but a small letter follows; not behind an initial ("J.") or one of the usual abbreviations. What the line's end cuts off counts
/// as one.
final class Sentences {
  private static final Set<String> ABBREVIATIONS =
      Set.of("mr", "mrs", "ms", "dr", "prof", "st", "vs", "no", "fig", "e.g", "i.e", "jr", "sr", "gen", "rep", "sen", "inc", "ltd", "co");
  private static final int LONGEST_ABBREVIATION = 4;

  private Sentences() {}

  static int count(String text, int from, int to) {
    int sentences = 0;
    boolean open = false;
    for (int i = from; i < to; ) {
      char c = text.charAt(i);
      if (c == '.' || c == '!' || c == '?') {
        int end = i + 1;
        while (end < to && ".!?\"'”’)]".indexOf(text.charAt(end)) >= 0) {
          end++;
        }
        int next = end;
        while (next < to && Chars.isSpace(text.charAt(next))) {
          next++;
        }
        boolean breaks = next == to || (next > end && !Character.isLowerCase(text.charAt(next)));
        if (breaks && (next == to || c != '.' || !isAbbreviation(text, from, i))) {
          sentences++;
          open = false;
        } else {
          open = true;
        }
        i = Math.max(next, i + 1);
      } else {
        open = open || Character.isLetterOrDigit(c);
        i++;
      }
    }
    return sentences + (open ? 1 : 0);
  }

  private static boolean isAbbreviation(String text, int from, int dot) {
    int start = dot;
    while (start > from && dot - start <= LONGEST_ABBREVIATION && !Chars.isSpace(text.charAt(start - 1))) {
      start--;
    }
    int length = dot - start;
    if (length == 1) {
      return Character.isUpperCase(text.charAt(start)) && text.charAt(start) != 'I';
    }
    return length > 0 && length <= LONGEST_ABBREVIATION
        && ABBREVIATIONS.contains(text.substring(start, dot).toLowerCase(Locale.ROOT));
  }
}
