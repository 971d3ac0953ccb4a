package dev.athanor.serve;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// How a token's bytes are shown in lists of log-probabilities.
final class TokenText {
  /// JSON has no infinity; OpenAI writes this for an impossible token.
  private static final double IMPOSSIBLE = -9999;

  private TokenText() {}

  /// The text; a token that is only a part of a character is shown as OpenAI shows it, `bytes:\xe4\xb8`.
  static String of(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      StringBuilder shown = new StringBuilder("bytes:");
      for (byte b : bytes) {
        shown.append(String.format("\\x%02x", b));
      }
      return shown.toString();
    }
  }

  static double logprob(float value) {
    return Float.isFinite(value) ? value : IMPOSSIBLE;
  }

  /// The characters (code points) that begin in these bytes.
  static int characters(byte[] bytes) {
    int count = 0;
    for (byte b : bytes) {
      if ((b & 0xC0) != 0x80) {
        count++;
      }
    }
    return count;
  }
}
