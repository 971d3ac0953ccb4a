package dev.athanor.inference;

import dev.athanor.inference.grammar.Constraint;
import java.time.Duration;
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
/// @param timeout it ends so long after it came, wherever it is; null: never
/// @param beams how to search for the most likely texts instead of drawing one; null: not
/// @param cacheSalt what is computed of the prompt serves later requests of the same salt alone
/// @param adapter the name of a loaded adapter to run under; null: the model as it is
public record GenerationRequest(
    int[] promptIds,
    int maxTokens,
    Sampling sampling,
    int[] stopIds,
    List<String> stop,
    int topLogprobs,
    @Nullable Constraint constraint,
    int priority,
    @Nullable Duration timeout,
    @Nullable Beams beams,
    String cacheSalt,
    @Nullable String adapter) {
  public GenerationRequest {
    stop = List.copyOf(stop);
  }

  /// Of any text and of the ordinary priority, sharing what is computed with all others.
  public GenerationRequest(
      int[] promptIds, int maxTokens, Sampling sampling, int[] stopIds, List<String> stop, int topLogprobs) {
    this(promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, null, 0, null, null, "", null);
  }

  /// The same request whose text must be what a constraint says.
  public GenerationRequest constrainedBy(@Nullable Constraint what) {
    return new GenerationRequest(
        promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, what, priority, timeout, beams, cacheSalt, adapter);
  }

  /// The same request with another order among the others.
  public GenerationRequest withPriority(int value) {
    return new GenerationRequest(
        promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, constraint, value, timeout, beams, cacheSalt, adapter);
  }

  /// The same request that ends after a time.
  public GenerationRequest within(@Nullable Duration time) {
    return new GenerationRequest(
        promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, constraint, priority, time, beams, cacheSalt, adapter);
  }

  /// The same request as a search.
  public GenerationRequest searchedBy(@Nullable Beams search) {
    return new GenerationRequest(
        promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, constraint, priority, timeout, search, cacheSalt, adapter);
  }

  /// The same request drawn otherwise.
  public GenerationRequest drawnBy(Sampling other) {
    return new GenerationRequest(
        promptIds, maxTokens, other, stopIds, stop, topLogprobs, constraint, priority, timeout, beams, cacheSalt, adapter);
  }

  /// The same request whose computations serve those of one salt.
  public GenerationRequest salted(String salt) {
    return new GenerationRequest(
        promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, constraint, priority, timeout, beams, salt, adapter);
  }

  /// The same request under an adapter.
  public GenerationRequest adaptedBy(@Nullable String name) {
    return new GenerationRequest(
        promptIds, maxTokens, sampling, stopIds, stop, topLogprobs, constraint, priority, timeout, beams, cacheSalt, name);
  }
}
