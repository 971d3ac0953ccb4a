package dev.athanor.data.quality;

/// Kinds of characters as the rules see them.
final class Chars {
  /// Ends of sentences: the Unicode property Sentence_Terminal of the scripts in use, and the full-width full stop.
  private static final String TERMINAL = ".!?。！？．｡؟۔।॥։።፧၊။៖៕‼‽⁇⁈⁉﹒﹖﹗";
  private static final String BULLETS = "-–*•‣⁃◦▪▫●○■□◆◇·➢➤▶►";

  private Chars() {}

  /// White space of any kind, no-break and ideographic ones with it.
  static boolean isSpace(char c) {
    return c < 128
        ? c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31)
        : c == 0x85 || Character.isSpaceChar(c);
  }

  /// What ends a line: LF, VT, FF, CR, NEL, LS, PS. CR LF is one end.
  static boolean isLineEnd(char c) {
    return c < 0x85 ? c >= 10 && c <= 13 : c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  /// What follows the line end at `at`.
  static int afterLineEnd(String text, int at) {
    return text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n' ? at + 2 : at + 1;
  }

  static boolean isTerminal(char c) {
    return TERMINAL.indexOf(c) >= 0;
  }

  static boolean isBullet(char c) {
    return BULLETS.indexOf(c) >= 0;
  }

  /// Whether `text` up to `to` ends in `…` or `...`.
  static boolean endsInEllipsis(String text, int from, int to) {
    return to > from
        && (text.charAt(to - 1) == '…'
            || (to - from >= 3 && text.charAt(to - 1) == '.' && text.charAt(to - 2) == '.' && text.charAt(to - 3) == '.'));
  }

  /// Whether a line, without white space around it, opens or closes a listing: three backticks and at most a language's name.
  static boolean isFence(String text, int from, int to) {
    if (!text.startsWith("```", from) || to - from < 3) {
      return false;
    }
    for (int i = from + 3; i < to; i++) {
      if (isSpace(text.charAt(i)) || text.charAt(i) == '`') {
        return false;
      }
    }
    return true;
  }

  static int codePoints(String text, int from, int to) {
    int count = to - from;
    for (int i = from + 1; i < to; i++) {
      if (Character.isLowSurrogate(text.charAt(i)) && Character.isHighSurrogate(text.charAt(i - 1))) {
        count--;
      }
    }
    return count;
  }
}
