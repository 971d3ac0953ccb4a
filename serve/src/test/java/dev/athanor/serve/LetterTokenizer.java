package dev.athanor.serve;

import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.util.OptionalInt;

/// BERT's control tokens, and one token a character, of the 96 that the tiny encoders have.
record LetterTokenizer() implements Tokenizer {
  static final int CLS = 1;
  static final int SEP = 2;

  @Override
  public int vocabSize() {
    return 96;
  }

  @Override
  public int[] encode(String text) {
    return text.chars().map(letter -> 3 + letter % 90).toArray();
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
    return id == CLS || id == SEP;
  }

  @Override
  public OptionalInt id(String token) {
    return switch (token) {
      case "[CLS]" -> OptionalInt.of(CLS);
      case "[SEP]" -> OptionalInt.of(SEP);
      default -> OptionalInt.empty();
    };
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    throw new UnsupportedOperationException("an encoder writes nothing");
  }

  @Override
  public int endOfText() {
    return SEP;
  }

  @Override
  public ChatTemplate chatTemplate() {
    throw new UnsupportedOperationException("an encoder does not chat");
  }
}
