package dev.athanor.inference;

import java.util.List;

/// What a listener hears of a generation, in order: any number of `Text`, then one `Finished` or `Failed`. Events come on the
/// engine's thread; a listener must not block it.
public sealed interface GenerationEvent {
  /// More of the text. Never ends inside a character and never holds what could still become a stop text.
  ///
  /// @param tokens the tokens accepted since the last event, with their log-probabilities when those were asked for
  record Text(String text, List<Token> tokens) implements GenerationEvent {}

  /// @param completionTokens the tokens drawn, a stop token among them
  record Finished(FinishReason reason, int promptTokens, int completionTokens) implements GenerationEvent {}

  /// The request failed; the engine lives on.
  record Failed(Throwable cause) implements GenerationEvent {}

  /// A generated token.
  ///
  /// @param logprob natural logarithm of its probability under the model (temperature 1); NaN when not asked for
  /// @param top the most likely tokens at this place, best first; empty when not asked for
  record Token(int id, float logprob, List<Alternative> top) {}

  record Alternative(int id, float logprob) {}

  enum FinishReason {
    /// A stop token or a stop text.
    STOP,
    /// `maxTokens` or the end of the context.
    LENGTH,
    /// The request's time was over.
    TIMEOUT,
    CANCELLED
  }
}
