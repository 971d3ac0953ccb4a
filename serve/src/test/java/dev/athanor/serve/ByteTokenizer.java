package dev.athanor.serve;

import dev.athanor.tokenizer.ChatMessage;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// One token a byte, `<end>` after them, then one token for each piece of a script.
record ByteTokenizer(List<String> pieces) implements Tokenizer {
  static final int END = 256;
  private static final int FIRST_PIECE = 257;

  int piece(int index) {
    return FIRST_PIECE + index;
  }

  @Override
  public int vocabSize() {
    return FIRST_PIECE + pieces.size();
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xFF;
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
    if (id < END) {
      return new byte[] {(byte) id};
    }
    String text = id == END ? "<end>" : pieces.get(id - FIRST_PIECE);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean isSpecial(int id) {
    return id == END;
  }

  @Override
  public OptionalInt id(String token) {
    return token.equals("<end>") ? OptionalInt.of(END) : OptionalInt.empty();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    throw new UnsupportedOperationException("the server sends the generator's text");
  }

  @Override
  public int endOfText() {
    return END;
  }

  @Override
  public ChatTemplate chatTemplate() {
    return new ChatTemplate() {
      @Override
      public Rendered render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        List<String> lines = new ArrayList<>();
        messages.forEach(m -> lines.add(m.role() + ": " + m.content()));
        String text = String.join("\n", lines) + (addGenerationPrompt ? "\nassistant: " : "");
        int[] ids = encode(text);
        return new Rendered(text, ids, new boolean[ids.length]);
      }

      @Override
      public int[] stopIds() {
        return new int[] {END};
      }
    };
  }
}
