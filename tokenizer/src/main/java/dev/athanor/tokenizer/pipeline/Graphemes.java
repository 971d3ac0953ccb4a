package dev.athanor.tokenizer.pipeline;

import java.text.BreakIterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where the characters that readers see end: Unicode's extended grapheme clusters (https://unicode.org/reports/tr29/). Two
/// letters or ideographs in a row are told apart without asking the JDK's iterator.
final class Graphemes {
  private final String text;
  private @Nullable BreakIterator iterator;

  Graphemes(String text) {
    this.text = text;
  }

  /// The end of the one that begins here.
  int end(int start) {
    int next = start + 1;
    if (next == text.length()) {
      return next;
    }
    char a = text.charAt(start);
    char b = text.charAt(next);
    if (isSimple(a) && isSimple(b)) {
      return a == '\r' && b == '\n' ? next + 1 : next;
    }
    BreakIterator breaks = iterator;
    if (breaks == null) {
      breaks = BreakIterator.getCharacterInstance(Locale.ROOT);
      breaks.setText(text);
      iterator = breaks;
    }
    return breaks.following(start);
  }

  /// Neither joins what comes before nor what comes after it, `\r\n` apart.
  private static boolean isSimple(char c) {
    return c < 0x300 || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FA) || (c >= 0x3400 && c <= 0x9FFF);
  }
}
