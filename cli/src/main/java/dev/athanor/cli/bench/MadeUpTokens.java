package dev.athanor.cli.bench;

import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// A vocabulary for a model that has none: every token is a short word of its own, so that text is made as with a real one. It encodes
/// nothing, and no token ends a text.
public record MadeUpTokens(int vocabSize) implements Tokenizer {
  private static final String LETTERS = "etaoinshrdlcumwfgypbvkjxqz";

  @Override
  public Encoding encodeWithOffsets(String text, boolean specials) {
    throw new UnsupportedOperationException("nobody asks where its tokens stand");
  }

  @Override
  public byte[] bytes(int id) {
    StringBuilder word = new StringBuilder(" ");
    for (int rest = id; ; rest = rest / LETTERS.length() - 1) {
      word.append(LETTERS.charAt(rest % LETTERS.length()));
      if (rest < LETTERS.length()) {
        return word.toString().getBytes(StandardCharsets.UTF_8);
      }
    }
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(new String(bytes(id), StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  @Override
  public int[] encode(String text) {
    throw new UnsupportedOperationException("a made-up vocabulary encodes nothing");
  }

  @Override
  public int[] encodeWithSpecials(String text) {
    return encode(text);
  }

  @Override
  public boolean isSpecial(int id) {
    return false;
  }

  @Override
  public OptionalInt id(String token) {
    return OptionalInt.empty();
  }

  @Override
  public int endOfText() {
    return vocabSize - 1;
  }

  @Override
  public ChatTemplate chatTemplate() {
    throw new UnsupportedOperationException("a made-up vocabulary has no chats");
  }
}
