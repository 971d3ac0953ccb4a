package dev.athanor.model.memory;

import dev.athanor.model.Footprint;

/// How a model is served.
///
/// @param sequences at the same time
/// @param context tokens of each, prompt and answer; of an encoder-decoder, of the source and of the target
/// @param stepTokens that one pass takes at most
public record InferenceRun(Footprint.Precision weights, CacheNumbers cache, int sequences, int context, int stepTokens) {
  public static final int STEP_TOKENS = 128;

  public InferenceRun {
    if (sequences < 1 || context < 1 || stepTokens < 1) {
      throw new IllegalArgumentException("sequences, their context and the tokens of a step must be positive");
    }
  }

  public InferenceRun withWeights(Footprint.Precision other) {
    return new InferenceRun(other, cache, sequences, context, stepTokens);
  }

  public InferenceRun withCache(CacheNumbers other) {
    return new InferenceRun(weights, other, sequences, context, stepTokens);
  }

  public InferenceRun withSequences(int other) {
    return new InferenceRun(weights, cache, other, context, stepTokens);
  }

  public InferenceRun withContext(int other) {
    return new InferenceRun(weights, cache, sequences, other, stepTokens);
  }
}
