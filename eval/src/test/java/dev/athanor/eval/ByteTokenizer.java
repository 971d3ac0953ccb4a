package dev.athanor.eval;

import dev.athanor.tokenizer.ChatMessage;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// A token a byte and `endOfText` (256): figures can be worked out by hand. Turns are `role:content` and `endOfText`.
final class ByteTokenizer implements Tokenizer, ChatTemplate {
  static final int END = 256;

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
    return id == END ? "<end>".getBytes(StandardCharsets.UTF_8) : new byte[] {(byte) id};
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
    var out = new ByteArrayOutputStream();
    for (int id : ids) {
      if (id != END || !skipSpecial) {
        out.writeBytes(bytes(id));
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public int endOfText() {
    return END;
  }

  @Override
  public ChatTemplate chatTemplate() {
    return this;
  }

  @Override
  public Rendered render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    List<Integer> ids = new ArrayList<>();
    List<Boolean> mask = new ArrayList<>();
    var text = new StringBuilder();
    for (ChatMessage message : messages) {
      append(message.role() + ":", false, ids, mask);
      append(message.content(), message.role().equals("assistant"), ids, mask);
      ids.add(END);
      mask.add(message.role().equals("assistant"));
      text.append(message.role()).append(':').append(message.content()).append("<end>");
    }
    boolean[] lossMask = new boolean[mask.size()];
    for (int i = 0; i < lossMask.length; i++) {
      lossMask[i] = mask.get(i);
    }
    return new Rendered(text.toString(), ids.stream().mapToInt(Integer::intValue).toArray(), lossMask);
  }

  private void append(String text, boolean learn, List<Integer> ids, List<Boolean> mask) {
    for (int id : encode(text)) {
      ids.add(id);
      mask.add(learn);
    }
  }

  @Override
  public int[] stopIds() {
    return new int[] {END};
  }
}
