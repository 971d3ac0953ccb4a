package dev.athanor.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/// GPT-2's writing of bytes as printable characters: the 188 visible Latin-1 characters stand for themselves, the other 68
/// bytes for U+0100 and on (a space is `Ġ`, a newline `Ċ`). Tokens stand so in `tokenizer.json`.
final class ByteAlphabet {
  /// Bytes in the order of their characters: the published order of the first 256 ids.
  private static final byte[] ORDER = new byte[256];

  private static final char[] CHAR_OF = new char[256];
  private static final short[] BYTE_OF = new short[0x144];

  static {
    Arrays.fill(BYTE_OF, (short) -1);
    int visible = 0;
    int hidden = 188;
    for (int b = 0; b < 256; b++) {
      boolean shown = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      char c = (char) (shown ? b : 0x100 + hidden - 188);
      ORDER[shown ? visible++ : hidden++] = (byte) b;
      CHAR_OF[b] = c;
      BYTE_OF[c] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /// The bytes in the order of ids 0 to 255.
  static byte[] order() {
    return ORDER.clone();
  }

  static String write(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      text.append(CHAR_OF[b & 0xFF]);
    }
    return text.toString();
  }

  /// Empty where a character is none of the alphabet's.
  static Optional<byte[]> read(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = text.charAt(i);
      if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
        return Optional.empty();
      }
      bytes[i] = (byte) BYTE_OF[c];
    }
    return Optional.of(bytes);
  }
}
