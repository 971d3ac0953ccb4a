package dev.athanor.inference;

import dev.athanor.inference.grammar.Constraint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A prompt to go on from.
///
/// @param promptIds at least one token, at most the context less one
/// @param maxTokens ≥ 1; generation also ends where the context does
/// @param stopIds tokens that end it; they are not part of the text
/// @param stop texts that end it; neither they nor what follows them is part of the text
/// @param topLogprobs how many alternatives to report beside each token's log-probability; −1 reports none at all
/// @param constraint what the text must be, compiled for the generator's tokenizer; null: anything. It ends where the text is
///     whole and nothing can follow, or by a stop token
/// @param priority requests of a higher one come first, and run while others wait
/// @param cacheSalt what is computed of the prompt serves later requests of the same salt alone
public record GenerationRequest(
    int[] promptIds,
    int maxTokens,
    Sampling sampling,
    int[] stopIds,
    List<String> stop,
    int topLogprobs,
    @Nullable Constraint constraint,
    int priority,
    String cacheSalt) {
  public GenerationRequest {
    stop = List.copyOf(stop);
  }

  /// Of any text and of the ordinary priority, sharing what is computed with all others.
  public GenerationRequest(
      int[] promptIds, int maxTokens, Sampling sampling, int[] stopIds, List<String> stop, int topLogprobs) {
    this(promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, null, 0, "");
  }

  /// The same request whose text must be what a constraint says.
  public GenerationRequest constrainedBy(@Nullable Constraint what) {
    return new GenerationRequest(promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, what, priority, cacheSalt);
  }
}
