package dev.athanor.inference;

import java.util.List;

/// A prompt to go on from.
///
/// @param promptIds at least one token, at most the context less one
/// @param maxTokens ≥ 1; generation also ends where the context does
/// @param stopIds tokens that end it; they are not part of the text
/// @param stop texts that end it; neither they nor what follows them is part of the text
/// @param topLogprobs how many alternatives to report beside each token's log-probability; −1 reports none at all
public record GenerationRequest(
    int[] promptIds, int maxTokens, Sampling sampling, int[] stopIds, List<String> stop, int topLogprobs) {
  public GenerationRequest {
    stop = List.copyOf(stop);
  }
}
