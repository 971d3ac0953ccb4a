package dev.athanor.data.toxicity;

import java.util.Arrays;

/// A text as the lists see it: lower case, full-width letters as ASCII, white space as single blanks (none between Han characters,
/// where it would hide a phrase), invisible characters gone. Knows where each character was.
final class PlainText {
  private final String text;
  private final int[] origins;
  private final int letters;

  private PlainText(String text, int[] origins, int letters) {
    this.text = text;
    this.origins = origins;
    this.letters = letters;
  }
  static PlainText of(CharSequence raw) {
    char[] chars = new char[raw.length()];
    int[] origins = new int[raw.length() + 1];
    int length = 0;
    int letters = 0;
    boolean blank = false;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (isInvisible(c)) {
        continue;
      }
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        blank = length > 0;
        continue;
      }
      char plain = plain(c);
      if (blank && !(isHan(chars[length - 1]) && isHan(plain))) {
        origins[length] = i - 1;
        chars[length++] = ' ';
      }
      blank = false;
      origins[length] = i;
      chars[length++] = plain;
      letters += Character.isLetterOrDigit(plain) ? 1 : 0;
    }
    origins[length] = raw.length();
    return new PlainText(new String(chars, 0, length), Arrays.copyOf(origins, length + 1), letters);
  }

  String text() {
    return text;
  }

  /// Letters and digits.
  int letters() {
    return letters;
  }

  /// The place in the raw text of a character.
  int rawStart(int at) {
    return origins[at];
  }

  /// The place in the raw text after the character before `end`.
  int rawEnd(int end) {
    return end == 0 ? 0 : origins[end - 1] + 1;
  }

  private static char plain(char c) {
    if (c >= 0xFF01 && c <= 0xFF5E) {
      return Character.toLowerCase((char) (c - 0xFEE0));
    }
    return c == '’' ? '\'' : Character.toLowerCase(c);
  }

  /// Soft hyphens, zero-width characters and variation selectors, which hide words from lists.
  private static boolean isInvisible(char c) {
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F);
  }

  static boolean isHan(char c) {
    return c >= 0x2E80 && (Character.isIdeographic(c) || Character.isSurrogate(c));
  }
}
