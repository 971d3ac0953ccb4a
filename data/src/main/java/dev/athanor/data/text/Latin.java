package dev.athanor.data.text;

/// Characters as the bytes that they were read from, by Windows-1252 with its five holes as C1 controls, as browsers and Java read it.
final class Latin {
  /// Of the bytes 0x80–0x9F; a hole is its own control.
  private static final String WINDOWS =
      "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
  /// Continuation bytes' characters that clean text has behind any letter: quotes, dashes, ellipsis, ordinals, no-break space.
  private static final String AFTER_ANY = "«»‹›‘’“”„‚…–—ªº\u00a0";
  /// And those behind a letter but Â and Ã, which end no word that these follow: marks of trade, degrees, dots.
  private static final String AFTER_OTHERS = "·•®™°†‡\u00ad";

  /// A UTF-8 sequence in the place of characters.
  ///
  /// @param length in characters; 0 for none
  record Decoded(int codePoint, int length) {
    private static final Decoded NONE = new Decoded(0, 0);
  }

  private Latin() {}

  /// −1 for a character that no byte was read as.
  static int byteOf(char c) {
    if (c < 0x100) {
      return c;
    }
    int at = c >= 0x152 && c <= 0x2122 ? WINDOWS.indexOf(c) : -1;
    return at < 0 ? -1 : 0x80 + at;
  }

  /// Whether clean text has the one behind the other.
  static boolean mayFollow(char c, char letter) {
    return AFTER_ANY.indexOf(c) >= 0 || (letter != 'Â' && letter != 'Ã' && AFTER_OTHERS.indexOf(c) >= 0);
  }

  /// Whether a lead byte's character stands before a continuation byte's anywhere.
  static boolean mayHoldUtf8(String text) {
    for (int i = 0; i + 1 < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0xc2 && c <= 0xf4) {
        int next = byteOf(text.charAt(i + 1));
        if (next >= 0x80 && next < 0xc0) {
          return true;
        }
      }
    }
    return false;
  }

  /// The sequence at a place, if it is whole and valid: not overlong, no surrogate, an assigned character.
  static Decoded decode(String text, int at) {
    char lead = text.charAt(at);
    if (lead < 0xc2 || lead > 0xf4) {
      return Decoded.NONE;
    }
    int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (at + length > text.length()) {
      return Decoded.NONE;
    }
    int codePoint = lead & (0xff >> (length + 1));
    for (int i = at + 1; i < at + length; i++) {
      int b = byteOf(text.charAt(i));
      if (b < 0x80 || b > 0xbf) {
        return Decoded.NONE;
      }
      codePoint = (codePoint << 6) | (b & 0x3f);
    }
    int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    boolean valid =
        codePoint >= least && codePoint <= Character.MAX_CODE_POINT && Character.isDefined(codePoint) && (codePoint < 0xd800 || codePoint > 0xdfff);
    return valid ? new Decoded(codePoint, length) : Decoded.NONE;
  }
}
