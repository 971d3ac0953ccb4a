package dev.athanor.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Text from bytes that come in any portions, as tokens do: gives what can no longer change and holds back a character
/// that is not yet whole. All portions together are `new String(bytes, UTF_8)` of the whole, malformed bytes included
/// (each becomes U+FFFD as there). Not thread-safe: one for each generation.
public final class Utf8Stream {
  private byte[] held = {};

  /// The text that these bytes complete; may be empty.
  public String feed(byte[] bytes) {
    byte[] all = Arrays.copyOf(held, held.length + bytes.length);
    System.arraycopy(bytes, 0, all, held.length, bytes.length);
    int whole = all.length - unfinished(all);
    held = Arrays.copyOfRange(all, whole, all.length);
    return new String(all, 0, whole, StandardCharsets.UTF_8);
  }

  /// What is still held back, as U+FFFD, at the end of the stream; the stream starts anew.
  public String finish() {
    String rest = new String(held, StandardCharsets.UTF_8);
    held = new byte[0];
    return rest;
  }

  /// How many bytes at the end may yet become one character (or one U+FFFD): 0 to 3.
  private static int unfinished(byte[] bytes) {
    for (int n = 1; n <= 3 && n <= bytes.length; n++) {
      int lead = bytes[bytes.length - n] & 0xFF;
      if (lead < 0x80) {
        return 0;
      }
      if (lead >= 0xC0) {
        int second = n > 1 ? bytes[bytes.length - n + 1] & 0xFF : -1;
        return mayGoOn(lead, second, n) ? n : 0;
      }
    }
    return 0;
  }

  /// Whether a lead byte with `n - 1` continuation bytes after it can still take more. The JDK's decoder takes a whole
  /// three-byte surrogate (ED A0..BF xx) as one malformed unit, so that it counts as unfinished too.
  private static boolean mayGoOn(int lead, int second, int n) {
    if (lead >= 0xC2 && lead <= 0xDF) {
      return n == 1;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      return n == 1 || (n == 2 && !(lead == 0xE0 && second < 0xA0));
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
      return n == 1 || (!(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second >= 0x90));
    }
    return false;
  }
}
