package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.util.List;

/// Lays a conversation out as a model was trained to read it. One renderer makes text, ids and the loss mask together, so
/// that they cannot drift apart.
public interface ChatTemplate {
  /// @param addGenerationPrompt ends with the opening of the assistant's turn, for the model to go on
  Rendered render(List<ChatMessage> messages, boolean addGenerationPrompt);

  /// The conversation as supervised fine-tuning learns it.
  ///
  /// @throws UserException when nothing of it would be learned because the assistant never speaks
  default Rendered renderForTraining(List<ChatMessage> messages) {
    Rendered rendered = render(messages, false);
    for (boolean learned : rendered.lossMask()) {
      if (learned) {
        return rendered;
      }
    }
    throw new UserException(
        "a conversation of " + messages.size() + " messages has none by the assistant: there is nothing to learn from it");
  }

  /// Ids that end the assistant's turn.
  int[] stopIds();

  /// @param lossMask one entry an id: true where the assistant speaks (its closing token included), the only tokens that
  ///     supervised fine-tuning learns
  record Rendered(String text, int[] ids, boolean[] lossMask) {}
}
