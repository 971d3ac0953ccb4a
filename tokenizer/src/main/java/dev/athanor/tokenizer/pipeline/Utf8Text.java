package dev.athanor.tokenizer.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Text from bytes that come in portions: a character that is not yet whole waits. Malformed bytes become U+FFFD, as when all
/// portions are decoded at once.
final class Utf8Text {
  private byte[] held = {};

  String feed(byte[] bytes) {
    byte[] all = Arrays.copyOf(held, held.length + bytes.length);
    System.arraycopy(bytes, 0, all, held.length, bytes.length);
    int whole = all.length - unfinished(all);
    held = Arrays.copyOfRange(all, whole, all.length);
    return new String(all, 0, whole, StandardCharsets.UTF_8);
  }

  String finish() {
    String rest = new String(held, StandardCharsets.UTF_8);
    held = new byte[0];
    return rest;
  }

  /// How many bytes at the end begin a character that more bytes can complete: 0 to 3.
  private static int unfinished(byte[] bytes) {
    for (int n = 1; n <= 3 && n <= bytes.length; n++) {
      int lead = bytes[bytes.length - n] & 0xFF;
      if (lead >= 0xC0) {
        int second = n > 1 ? bytes[bytes.length - n + 1] & 0xFF : -1;
        return mayGoOn(lead, second, n) ? n : 0;
      }
      if (lead < 0x80) {
        return 0;
      }
    }
    return 0;
  }

  private static boolean mayGoOn(int lead, int second, int n) {
    boolean two = lead >= 0xC2 && lead <= 0xDF;
    boolean three = lead >= 0xE0 && lead <= 0xEF;
    boolean four = lead >= 0xF0 && lead <= 0xF4;
    if (n == 1) {
      return two || three || four;
    }
    if (three) {
      return n == 2 && !(lead == 0xE0 && second < 0xA0);
    }
    return four && !(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second >= 0x90);
  }
}
