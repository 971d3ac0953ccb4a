package dev.athanor.tokenizer;

import java.util.Arrays;

/// UTF-8 bytes of text in which half a surrogate pair may stand alone: it becomes U+FFFD (as in Rust and Python's
/// "replace"), where `String.getBytes` would write a question mark.
final class Utf8 {
  private Utf8() {}

  /// Whether any text has the byte: 0xC0, 0xC1 and those from 0xF5 on are in none.
  static boolean uses(int unsignedByte) {
    return unsignedByte != 0xC0 && unsignedByte != 0xC1 && unsignedByte < 0xF5;
  }

  /// Writes at most three bytes a char.
  ///
  /// @return how many bytes
  static int write(String text, int start, int end, byte[] out) {
    int n = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        out[n++] = (byte) c;
      } else if (c < 0x800) {
        out[n++] = (byte) (0xC0 | (c >> 6));
        out[n++] = (byte) (0x80 | (c & 0x3F));
      } else if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
        int codePoint = Character.toCodePoint(c, text.charAt(++i));
        out[n++] = (byte) (0xF0 | (codePoint >> 18));
        out[n++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
        out[n++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
        out[n++] = (byte) (0x80 | (codePoint & 0x3F));
      } else {
        char whole = Character.isSurrogate(c) ? '\uFFFD' : c;
        out[n++] = (byte) (0xE0 | (whole >> 12));
        out[n++] = (byte) (0x80 | ((whole >> 6) & 0x3F));
        out[n++] = (byte) (0x80 | (whole & 0x3F));
      }
    }
    return n;
  }

  static byte[] bytes(String text, int start, int end) {
    byte[] bytes = new byte[(end - start) * 3];
    return Arrays.copyOf(bytes, write(text, start, end, bytes));
  }
}
