package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import dev.athanor.tokenizer.ChatMessage;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// Answers with the last characters of its prompt, reversed, one token a character, on a thread of its own. A token's id is
/// its code point; conversations are rendered as `role:content;`.
final class ParrotGenerator implements Generator, Tokenizer, ChatTemplate {
  private static final int END = 0;
  private static final int ANSWER_LENGTH = 4;

  final BlockingQueue<GenerationRequest> seen = new LinkedBlockingQueue<>();
  private final int contextLength;
  private boolean closed;

  ParrotGenerator(int contextLength) {
    this.contextLength = contextLength;
  }

  boolean closed() {
    return closed;
  }

  @Override
  public Generation submit(GenerationRequest request, Consumer<GenerationEvent> listener) {
    if (request.promptIds().length >= contextLength) {
      throw new UserException("too long: " + request.promptIds().length);
    }
    seen.add(request);
    Thread thread = Thread.ofVirtual().start(() -> speak(request, listener));
    return thread::interrupt;
  }

  private static void speak(GenerationRequest request, Consumer<GenerationEvent> listener) {
    int[] prompt = request.promptIds();
    int count = Math.min(Math.min(ANSWER_LENGTH, request.maxTokens()), prompt.length);
    for (int i = 0; i < count; i++) {
      int id = prompt[prompt.length - 1 - i];
      listener.accept(
          new GenerationEvent.Text(Character.toString(id), List.of(new Token(id, Float.NaN, List.of()))));
    }
    listener.accept(
        new Finished(count == request.maxTokens() ? FinishReason.LENGTH : FinishReason.STOP, prompt.length, count));
  }

  @Override
  public DecoderSpec spec() {
    var attention = new Mixer.Attention(1, 1, 8, new Rope(10_000), false, false);
    return DecoderSpec.uniform(
        vocabSize(), 8, 1, contextLength, attention, new FeedForward.Gated(8), new Norm.Rms(1e-5), true);
  }

  @Override
  public Tokenizer tokenizer() {
    return this;
  }

  @Override
  public Load load() {
    return new Load(0, 0);
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public int vocabSize() {
    return Character.MAX_CODE_POINT + 1;
  }

  @Override
  public int[] encode(String text) {
    return text.codePoints().toArray();
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
    return Character.toString(id).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean isSpecial(int id) {
    return id == END;
  }

  @Override
  public OptionalInt id(String token) {
    return OptionalInt.empty();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    return new String(ids, 0, ids.length);
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
    StringBuilder text = new StringBuilder();
    messages.forEach(m -> text.append(m.role()).append(':').append(m.content()).append(';'));
    int[] ids = encode(text.toString());
    return new Rendered(text.toString(), ids, new boolean[ids.length]);
  }

  @Override
  public int[] stopIds() {
    return new int[] {END};
  }

  /// What the request's prompt says.
  static String prompt(GenerationRequest request) {
    int[] ids = Arrays.copyOf(request.promptIds(), request.promptIds().length);
    return new String(ids, 0, ids.length);
  }
}
