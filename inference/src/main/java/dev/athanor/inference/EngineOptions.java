package dev.athanor.inference;

/// @param maxRunning requests that are computed at the same time; each holds a KV cache
/// @param maxWaiting requests that wait for a place; more are refused
/// @param stepTokens prompt tokens that one step takes at most, of all requests together: the smaller, the less a long prompt
///     holds up the others' next tokens
/// @param threads that compute
public record EngineOptions(int maxRunning, int maxWaiting, int stepTokens, int threads) {
  public static final EngineOptions DEFAULT = new EngineOptions(8, 256, 128, 2);

  public EngineOptions {
    if (maxRunning < 1 || maxWaiting < 0 || stepTokens < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "impossible engine options: " + maxRunning + ", " + maxWaiting + ", " + stepTokens + ", " + threads);
    }
  }
}
