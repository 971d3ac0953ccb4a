package dev.athanor.data;

import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// A token for each byte, shifted by `shift`; id 0 ends a text.
public record BytesTokenizer(int shift) implements Tokenizer {
  @Override
  public int vocabSize() {
    return shift + 256;
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = shift + Byte.toUnsignedInt(bytes[i]);
    }
    return ids;
  }

  @Override
  public int[] encodeWithSpecials(String text) {
    return encode(text);
  }

  @Override
  public Encoding encodeWithOffsets(String text, boolean specials) {
    throw new UnsupportedOperationException("nobody asks where its tokens stand");
  }

  @Override
  public byte[] bytes(int id) {
    return new byte[] {(byte) (id - shift)};
  }

  @Override
  public boolean isSpecial(int id) {
    return id == 0;
  }

  @Override
  public OptionalInt id(String token) {
    return OptionalInt.empty();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    var bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.write(id - shift);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public int endOfText() {
    return 0;
  }

  @Override
  public ChatTemplate chatTemplate() {
    throw new UnsupportedOperationException("bytes hold no conversations");
  }
}
