package dev.athanor.inference;

import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// One token a byte; 256 is special.
record ByteTokenizer() implements Tokenizer {
  @Override
  public int vocabSize() {
    return 257;
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xff;
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
    return id == 256 ? "<end>".getBytes(StandardCharsets.UTF_8) : new byte[] {(byte) id};
  }

  @Override
  public boolean isSpecial(int id) {
    return id == 256;
  }

  @Override
  public OptionalInt id(String token) {
    return token.equals("<end>") ? OptionalInt.of(256) : OptionalInt.empty();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    throw new UnsupportedOperationException("the engine decodes token by token");
  }

  @Override
  public int endOfText() {
    return 256;
  }

  @Override
  public ChatTemplate chatTemplate() {
    throw new UnsupportedOperationException("the engine lays out no chats");
  }
}
