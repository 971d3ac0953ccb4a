package dev.athanor.data.pairs;

import dev.athanor.tokenizer.ChatMessage;
import java.util.List;

/// A question and its answer, both taken from one documented method.
///
/// @param id the same for equal pairs: 16 hexadecimal digits of the digest of kind and messages
/// @param language of the documentation, and so of the question: "zh" or "en"
/// @param messages the user's turn, then the assistant's
/// @param origin `document id#Class.method`
public record InstructionPair(String id, Kind kind, String language, List<ChatMessage> messages, String origin) {
  public InstructionPair {
    messages = List.copyOf(messages);
  }

  /// What is asked for.
  public enum Kind {
    DOC_TO_METHOD,
    METHOD_TO_DOC
  }

  /// What a model is given to answer: all turns before the last.
  public List<ChatMessage> prompt() {
    return messages.subList(0, messages.size() - 1);
  }

  /// The answer that stands in the source.
  public String answer() {
    return messages.getLast().content();
  }
}
