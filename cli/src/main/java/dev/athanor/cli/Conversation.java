package dev.athanor.cli;

import dev.athanor.tokenizer.ChatMessage;
import dev.athanor.tokenizer.ChatTemplate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was said so far, kept short enough for the context to hold it and an answer.
final class Conversation {
  private final ChatTemplate template;
  private final int room;
  private final List<ChatMessage> turns = new ArrayList<>();
  private @Nullable String instruction;

  /// @param maxTokens how long an answer may be; at most a quarter of the context is kept free for it
  Conversation(ChatTemplate template, int contextLength, int maxTokens, @Nullable String instruction) {
    this.template = template;
    this.room = contextLength - Math.max(1, Math.min(maxTokens, contextLength / 4));
    this.instruction = instruction;
  }

  /// @param dropped how many of the oldest messages had to go
  record Turn(int[] promptIds, int dropped) {}

  /// Adds what the user says and lays the conversation out for the answer. The newest message always stays, even when it
  /// alone is too long.
  Turn ask(String message) {
    turns.add(new ChatMessage("user", message));
    int dropped = 0;
    int[] ids = render();
    while (ids.length > room && turns.size() > 1) {
      dropped += dropOldestExchange();
      ids = render();
    }
    return new Turn(ids, dropped);
  }

  void answered(String text) {
    turns.add(new ChatMessage("assistant", text));
  }

  /// Takes the last message back.
  void withdraw() {
    if (!turns.isEmpty()) {
      turns.removeLast();
    }
  }

  /// Forgets what was said; the instruction stays.
  void reset() {
    turns.clear();
  }

  /// @param text blank for none
  void instruct(String text) {
    instruction = text.isBlank() ? null : text;
  }

  List<ChatMessage> messages() {
    List<ChatMessage> all = new ArrayList<>();
    if (instruction != null) {
      all.add(new ChatMessage("system", instruction));
    }
    all.addAll(turns);
    return all;
  }

  private int[] render() {
    return template.render(messages(), true).ids();
  }

  private int dropOldestExchange() {
    turns.removeFirst();
    if (turns.getFirst().role().equals("assistant")) {
      turns.removeFirst();
      return 2;
    }
    return 1;
  }
}
