package dev.athanor.tokenizer;

import java.util.List;

/// Lays a conversation out as a model was trained to read it. One renderer makes text, ids and the loss mask together, so
/// that they cannot drift apart.
public interface ChatTemplate {
  /// @param addGenerationPrompt ends with the opening of the assistant's turn, for the model to go on
  Rendered render(List<ChatMessage> messages, boolean addGenerationPrompt);

  /// Ids that end the assistant's turn.
  int[] stopIds();

  /// @param lossMask one entry an id: true where the assistant speaks (its closing token included), the only tokens that
  ///     supervised fine-tuning learns
  record Rendered(String text, int[] ids, boolean[] lossMask) {}
}
