package dev.athanor.tokenizer.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// GPT-2's writing of bytes as printable characters, in which byte-level vocabularies are kept: the 188 visible Latin-1
/// characters stand for themselves, the other 68 bytes for U+0100 and on.
final class ByteLevel {
  static final String REGEX = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final char[] CHAR_OF = new char[256];
  private static final short[] BYTE_OF = new short[0x144];

  static {
    Arrays.fill(BYTE_OF, (short) -1);
    int hidden = 0;
    for (int b = 0; b < 256; b++) {
      boolean shown = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      CHAR_OF[b] = (char) (shown ? b : 0x100 + hidden);
      hidden += shown ? 0 : 1;
      BYTE_OF[CHAR_OF[b]] = (short) b;
    }
  }

  private ByteLevel() {}

  /// The character that a space is written as.
  static char space() {
    return CHAR_OF[' '];
  }

  /// Writes every byte of the text as its character.
  static void spell(Text text) {
    String string = text.string();
    Text.Edit edit = text.edit();
    for (int at = 0; at < string.length(); ) {
      int width = Text.width(string, at);
      char c = string.charAt(at);
      if (c < 0x80) {
        edit.put(CHAR_OF[c], 0);
      } else {
        byte[] bytes = string.substring(at, at + width).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
          edit.put(CHAR_OF[bytes[i] & 0xFF], i == 0 ? 0 : 1);
        }
      }
      at += width;
    }
    edit.done();
  }

  /// The bytes that a token's characters stand for, or null where one of them stands for none.
  static byte @Nullable [] read(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
        return null;
      }
      bytes[i] = (byte) BYTE_OF[c];
    }
    return bytes;
  }
}
