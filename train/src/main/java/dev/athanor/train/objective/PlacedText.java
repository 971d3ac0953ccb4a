package dev.athanor.train.objective;

import java.util.Arrays;

/// Text that knows where among its UTF-8 bytes each character begins. A byte that belongs to no whole character, as at the edge
/// of a row, is a U+FFFD of its own.
///
/// @param places the first byte of each UTF-16 unit, and one more entry: the number of bytes
record PlacedText(String text, int[] places) {
  static PlacedText of(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    int[] places = new int[bytes.length + 1];
    for (int at = 0, next; at < bytes.length; at = next) {
      int codePoint = codePoint(bytes, at);
      next = at + width(codePoint);
      // Two units in UTF-16 are four bytes in UTF-8, so there are never more units than bytes.
      Arrays.fill(places, text.length(), text.length() + (codePoint < 0 ? 1 : Character.charCount(codePoint)), at);
      text.appendCodePoint(codePoint < 0 ? 0xFFFD : codePoint);
    }
    places[text.length()] = bytes.length;
    return new PlacedText(text.toString(), Arrays.copyOf(places, text.length() + 1));
  }

  int place(int unit) {
    return places[unit];
  }

  private static int width(int codePoint) {
    if (codePoint < 0x80) {
      return 1; // -1 too: a byte of no character
    }
    return codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  /// The character that begins at a byte, or -1.
  private static int codePoint(byte[] bytes, int at) {
    int lead = bytes[at] & 0xFF;
    int count = lead < 0x80 ? 1 : lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
    if (count == 0 || at + count > bytes.length) {
      return -1;
    }
    int codePoint = count == 1 ? lead : lead & (0x7F >> count);
    for (int i = 1; i < count; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) {
        return -1;
      }
      codePoint = codePoint << 6 | (bytes[at + i] & 0x3F);
    }
    boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    boolean shortest = width(codePoint) == count;
    return surrogate || !shortest || codePoint > Character.MAX_CODE_POINT ? -1 : codePoint;
  }
}
