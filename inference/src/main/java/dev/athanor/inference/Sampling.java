package dev.athanor.inference;

/// How the next token is drawn from the model's distribution.
///
/// @param temperature ≥ 0; 0 is greedy: the most likely token, the lowest id among equals
/// @param topP in (0, 1]: only the most likely tokens that together hold this much probability; 1 keeps all
/// @param topK ≥ 0: only so many of the most likely tokens; 0 keeps all
/// @param seed equal seeds give equal draws
public record Sampling(double temperature, double topP, int topK, long seed) {
  public static final Sampling GREEDY = new Sampling(0, 1, 0, 0);

  public Sampling {
    if (!(temperature >= 0) || temperature > 100) {
      throw new IllegalArgumentException("temperature must be between 0 and 100, not " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be above 0 and at most 1, not " + topP);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must not be negative, not " + topK);
    }
  }
}
