package dev.athanor.data.html;

/// Text as a page shows it: white space between words is one space, and none where a line of Chinese was broken in the source.
final class InlineText {
  private final StringBuilder text = new StringBuilder();
  private int linkChars;
  private boolean space;
  private boolean lineBreak;

  void append(String more, boolean inLink) {
    for (int i = 0; i < more.length(); i++) {
      char c = more.charAt(i);
      if (Character.isWhitespace(c) || c == '\u00A0' || c == '\u3000') {
        space = true;
        lineBreak |= c == '\n';
      } else if (isShown(c)) {
        separate(c);
        text.append(c);
        linkChars += inLink ? 1 : 0;
      }
    }
  }

  /// What takes no room: control characters, zero-width spaces, byte order marks, soft hyphens.
  private static boolean isShown(char c) {
    return !Character.isISOControl(c) && c != '\u200B' && c != '\u2060' && c != '\uFEFF' && c != '\u00AD';
  }

  private void separate(char next) {
    if (space && !text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
      boolean withinChinese = lineBreak && isWide(next) && isWide(text.charAt(text.length() - 1));
      if (!withinChinese) {
        text.append(' ');
      }
    }
    space = false;
    lineBreak = false;
  }

  private static boolean isWide(char c) {
    return (c >= '\u3001' && c <= '\u30FF') || (c >= '\u4E00' && c <= '\u9FFF') || (c >= '\uFF01' && c <= '\uFF5E');
  }

  void breakLine() {
    space = false;
    lineBreak = false;
    if (!text.isEmpty()) {
      text.append('\n');
    }
  }

  boolean endsInBreak() {
    return !text.isEmpty() && text.charAt(text.length() - 1) == '\n';
  }

  int linkChars() {
    return linkChars;
  }

  /// The text so far; begins anew.
  String take() {
    String taken = text.toString().strip();
    text.setLength(0);
    linkChars = 0;
    space = false;
    lineBreak = false;
    return taken;
  }
}
