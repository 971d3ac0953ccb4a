package dev.athanor.tokenizer;

import java.nio.charset.StandardCharsets;

/// UTF-8 bytes of text in which half a surrogate pair may stand alone: it becomes U+FFFD (as in Rust and Python's
/// "replace"), where `String.getBytes` would write a question mark.
final class Utf8 {
  private Utf8() {}

  /// Whether any text has the byte: 0xC0, 0xC1 and those from 0xF5 on are in none.
  static boolean uses(int unsignedByte) {
    return unsignedByte != 0xC0 && unsignedByte != 0xC1 && unsignedByte < 0xF5;
  }

  static byte[] bytes(String text, int start, int end) {
    byte[] ascii = new byte[end - start];
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return mended(text, start, end).getBytes(StandardCharsets.UTF_8);
      }
      ascii[i - start] = (byte) c;
    }
    return ascii;
  }

  private static String mended(String text, int start, int end) {
    StringBuilder mended = new StringBuilder(text.substring(start, end));
    for (int i = 0; i < mended.length(); i++) {
      int codePoint = mended.codePointAt(i);
      if (codePoint >= Character.MIN_SUPPLEMENTARY_CODE_POINT) {
        i++;
      } else if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        mended.setCharAt(i, '\uFFFD');
      }
    }
    return mended.toString();
  }
}
