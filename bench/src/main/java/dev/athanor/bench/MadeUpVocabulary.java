package dev.athanor.bench;

import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/// A vocabulary in the proportions of the large published ones: half of it Latin words with and without a space before them,
/// a fifth Chinese, a tenth punctuation and white space of code, the rest other letters and pieces of characters. It has
/// the shape that masks depend on and encodes nothing.
record MadeUpVocabulary(List<byte[]> tokens) implements Tokenizer {
  static MadeUpVocabulary of(int size) {
    Random random = new Random(1);
    List<byte[]> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int b = 0; b < 256; b++) {
      all.add(new byte[] {(byte) b});
    }
    while (all.size() < size - 1) {
      String text =
          switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> (random.nextBoolean() ? " " : "") + letters(random, 'a', 26, 2 + random.nextInt(9));
            case 5, 6 -> letters(random, 0x4e00, 6000, 1 + random.nextInt(4));
            case 7 -> code(random);
            case 8 -> (random.nextBoolean() ? " " : "") + letters(random, 0x430, 32, 2 + random.nextInt(7));
            default -> letters(random, 0xac00, 5000, 1 + random.nextInt(3));
          };
      if (seen.add(text)) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        all.add(bytes.length > 3 && random.nextInt(30) == 0 ? Arrays.copyOf(bytes, bytes.length - 1) : bytes);
      }
    }
    return new MadeUpVocabulary(all);
  }

  private static String letters(Random random, int first, int count, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(first + random.nextInt(count));
    }
    return text.toString();
  }

  private static String code(Random random) {
    String signs = "\"'(){}[]<>,.;:=+-*/\\_#$%&!?@ \n\t0123456789";
    StringBuilder text = new StringBuilder();
    for (int n = 2 + random.nextInt(5); n > 0; n--) {
      text.append(signs.charAt(random.nextInt(signs.length())));
    }
    return text.toString();
  }

  @Override
  public int vocabSize() {
    return tokens.size() + 1;
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
  public Encoding encodeWithOffsets(String text, boolean specials) {
    throw new UnsupportedOperationException("nobody asks where its tokens stand");
  }

  @Override
  public byte[] bytes(int id) {
    return id == tokens.size() ? "<end>".getBytes(StandardCharsets.UTF_8) : tokens.get(id);
  }

  @Override
  public boolean isSpecial(int id) {
    return id == tokens.size();
  }

  @Override
  public OptionalInt id(String token) {
    return OptionalInt.empty();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    throw new UnsupportedOperationException("a made-up vocabulary decodes nothing");
  }

  @Override
  public int endOfText() {
    return tokens.size();
  }

  @Override
  public ChatTemplate chatTemplate() {
    throw new UnsupportedOperationException("a made-up vocabulary has no chats");
  }
}
