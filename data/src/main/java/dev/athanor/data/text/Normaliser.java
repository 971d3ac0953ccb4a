package dev.athanor.data.text;

import java.text.Normalizer;

/// One way to write a text. In this order: what was decoded wrongly is repaired; line ends (CR LF, CR, NEL, LS, PS, VT, FF) become `\n`;
/// controls, lone surrogates and what is invisible go, but for the joiners of emoji and of scripts that spell with them; width where asked; Unicode's
/// canonical composition (NFC); Chinese script where asked; blanks before line ends and blank lines at both ends go, and of more than
/// `maxBlankLines` blank lines in a row the rest.
///
/// @param mojibake whether to repair what was decoded wrongly
/// @param maxBlankLines in a row
public record Normaliser(boolean mojibake, Width width, ChineseScript chinese, int maxBlankLines) {
  /// @param code whether the text is source code, where only a text that is damaged as a whole is repaired
  public String apply(String text, boolean code) {
    String repaired = mojibake ? Mojibake.repair(text, code) : text;
    String visible = width.apply(visible(repaired));
    String composed = Normalizer.isNormalized(visible, Normalizer.Form.NFC) ? visible : Normalizer.normalize(visible, Normalizer.Form.NFC);
    return lines(chinese.convert(composed));
  }

  /// Without what is invisible, with `\n` as the only line end. A lone surrogate becomes U+FFFD: something stood there.
  private static String visible(String text) {
    int at = firstSuspicious(text);
    if (at == text.length()) {
      return text;
    }
    var kept = new StringBuilder(text.length()).append(text, 0, at);
    int before = at == 0 ? 0 : text.codePointBefore(at);
    while (at < text.length()) {
      int c = text.codePointAt(at);
      int next = at + Character.charCount(c);
      if (!Invisible.suspicious(c)) {
        kept.appendCodePoint(c);
        before = c;
      } else if (isLineEnd(c)) {
        kept.append('\n');
        before = '\n';
        next += c == '\r' && next < text.length() && text.charAt(next) == '\n' ? 1 : 0;
      } else if (c >= 0xd800 && c <= 0xdfff) {
        kept.append('\ufffd');
        before = 0xfffd;
      } else if (!Invisible.goes(c, before, next < text.length() ? text.codePointAt(next) : 0)) {
        kept.appendCodePoint(c);
        before = c;
      }
      at = next;
    }
    return kept.toString();
  }

  private static int firstSuspicious(String text) {
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n' || c == '\t' || (c >= ' ' && c < 0x7f) || (c >= 0x2070 && c < 0xd800)) {
        at++;
        continue;
      }
      int codePoint = text.codePointAt(at);
      if (Invisible.suspicious(codePoint)) {
        return at;
      }
      at += Character.charCount(codePoint);
    }
    return at;
  }

  private static boolean isLineEnd(int c) {
    return (c >= 0xb && c <= 0xd) || c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  private String lines(String text) {
    var lines = new StringBuilder(text.length() + 1);
    int blanks = 0;
    for (int at = 0; at < text.length(); ) {
      int newline = text.indexOf('\n', at);
      int end = newline < 0 ? text.length() : newline;
      int last = end;
      while (last > at && isBlank(text.charAt(last - 1))) {
        last--;
      }
      if (last == at) {
        blanks++;
      } else {
        lines.repeat('\n', lines.isEmpty() ? 0 : Math.min(blanks, maxBlankLines)).append(text, at, last).append('\n');
        blanks = 0;
      }
      at = end + 1;
    }
    return lines.toString();
  }

  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
