package dev.athanor.train.objective;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// A token a byte; the first above them ends a text, and the others above it are special too.
record Bytes(int vocabSize) implements Tokenizer {
  static final int END = 256;

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xff).toArray();
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
    return new byte[] {(byte) id};
  }

  @Override
  public boolean isSpecial(int id) {
    return id >= END;
  }

  @Override
  public OptionalInt id(String token) {
    return OptionalInt.empty();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    byte[] bytes = new byte[ids.length];
    for (int i = 0; i < ids.length; i++) {
      bytes[i] = (byte) ids[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public int endOfText() {
    return END;
  }

  @Override
  public ChatTemplate chatTemplate() {
    throw new UserException("bytes have no chat template");
  }
}
