package dev.athanor.data.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Bytes to text: UTF-8, else GB18030 (which holds GBK and GB2312), strictly.
final class Encoding {
  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final int LOOKED_AT_FOR_ZEROS = 8192;

  private Encoding() {}

  record Decoded(String text, Charset charset) {
    boolean isUtf8() {
      return charset.equals(StandardCharsets.UTF_8);
    }
  }

  /// Empty for binary content: a zero byte near the beginning, or bytes that are text in neither encoding.
  static Optional<Decoded> decode(byte[] bytes) {
    for (int i = 0; i < Math.min(bytes.length, LOOKED_AT_FOR_ZEROS); i++) {
      if (bytes[i] == 0) {
        return Optional.empty();
      }
    }
    return List.of(StandardCharsets.UTF_8, GB18030).stream().flatMap(c -> decode(bytes, c).stream()).findFirst();
  }

  private static Optional<Decoded> decode(byte[] bytes, Charset charset) {
    try {
      String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(new Decoded(text, charset));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
