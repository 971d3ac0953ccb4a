package dev.athanor.inference.grammar;

import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/// All single bytes and some pieces of text, of which some begin or end inside a character; the last token is special.
record PieceTokenizer(List<byte[]> pieces) implements Tokenizer {
  static final int BYTES = 256;

  /// Pieces as a trained vocabulary has them for JSON, words and digits, and random ones.
  static PieceTokenizer random(Random random, int size) {
    List<byte[]> all = new ArrayList<>();
    for (int b = 0; b < BYTES; b++) {
      all.add(new byte[] {(byte) b});
    }
    Set<String> seen = new HashSet<>();
    String[] parts = {
      "\"", "\":", "\": ", "{", "}", "[", "]", ",", ", ", "\n", " ", "  ", "a", "b", "c", "ab", "foo", "bar", "baz", "0", "1", "12",
      "-", ".", "e", "true", "null", "false", "\\", "\\\"", "\\n", "\\u00", "x", "y", "名", "é", "😀", "T", ":", "/", "@", "z"
    };
    while (all.size() < size) {
      StringBuilder text = new StringBuilder();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (bytes.length > 2 && random.nextInt(10) == 0) {
        bytes = Arrays.copyOfRange(bytes, random.nextInt(2), bytes.length - random.nextInt(2));
      }
      // Now and then the same twice.
      if (seen.add(text.toString()) || random.nextInt(20) == 0) {
        all.add(bytes);
      }
    }
    return new PieceTokenizer(all);
  }

  @Override
  public int vocabSize() {
    return pieces.size() + 1;
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
    return id == endOfText() ? "\"".getBytes(StandardCharsets.UTF_8) : pieces.get(id);
  }

  @Override
  public boolean isSpecial(int id) {
    return id == endOfText();
  }

  @Override
  public OptionalInt id(String token) {
    return OptionalInt.empty();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int id : ids) {
      if (id != endOfText()) {
        out.writeBytes(bytes(id));
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public int endOfText() {
    return pieces.size();
  }

  @Override
  public ChatTemplate chatTemplate() {
    throw new UnsupportedOperationException("a grammar lays out no chats");
  }
}
