package dev.athanor.inference;

import java.util.Map;

/// How the next token is drawn from the model's distribution. Each step works on what the one before has left:
///
/// 1. `repetitionPenalty`, for each token of the prompt and of the text so far: a positive logit is divided by it, a negative
///    one multiplied (Keskar et al., https://arxiv.org/abs/1909.05858, as in Hugging Face's library);
/// 2. `frequencyPenalty` × how often a token was drawn so far, and `presencePenalty` when it was drawn at all, are taken from
///    its logit (as OpenAI defines them: the prompt does not count);
/// 3. `logitBias` is added;
/// 4. what a request's constraint does not allow is left out;
/// 5. `temperature`: 0 takes the most likely token here, the lowest id among equals; else logits are divided by it;
/// 6. `topK`: only so many of the most likely tokens;
/// 7. `topP`: only the most likely ones that together hold this much probability (https://arxiv.org/abs/1904.09751);
/// 8. `minP`: only those at least this share as likely as the likeliest (https://arxiv.org/abs/2407.01082);
/// 9. `typicalP`: only those whose surprise is nearest to the expected one, until they hold this much of what is left
///    (locally typical sampling, https://arxiv.org/abs/2202.00666).
///
/// Start from [#DEFAULT] or [#GREEDY] and say what differs: `Sampling.DEFAULT.withTemperature(0.7).withMinP(0.05)`.
///
/// @param temperature 0 … 100
/// @param topP in (0, 1]; 1 keeps all
/// @param topK ≥ 0; 0 keeps all
/// @param minP in [0, 1]; 0 keeps all
/// @param typicalP in (0, 1]; 1 keeps all
/// @param repetitionPenalty above 0, at most 10; 1 changes nothing
/// @param frequencyPenalty −10 … 10; 0 changes nothing
/// @param presencePenalty −10 … 10; 0 changes nothing
/// @param logitBias by token id, −1000 … 1000
/// @param seed equal seeds give equal draws
public record Sampling(
    double temperature,
    double topP,
    int topK,
    double minP,
    double typicalP,
    double repetitionPenalty,
    double frequencyPenalty,
    double presencePenalty,
    Map<Integer, Float> logitBias,
    long seed) {
  /// The model's own distribution.
  public static final Sampling DEFAULT = new Sampling(1, 1, 0, 0);

  public static final Sampling GREEDY = new Sampling(0, 1, 0, 0);

  public Sampling {
    within("temperature", temperature, 0, 100);
    within("top_p", topP, Double.MIN_VALUE, 1);
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must not be negative, not " + topK);
    }
    within("min_p", minP, 0, 1);
    within("typical_p", typicalP, Double.MIN_VALUE, 1);
    within("repetition_penalty", repetitionPenalty, Double.MIN_VALUE, 10);
    within("frequency_penalty", frequencyPenalty, -10, 10);
    within("presence_penalty", presencePenalty, -10, 10);
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach((id, bias) -> within("logit_bias of " + id, bias, -1000, 1000));
  }

  /// Without minP, typicalP, penalties and biases.
  public Sampling(double temperature, double topP, int topK, long seed) {
    this(temperature, topP, topK, 0, 1, 1, 0, 0, Map.of(), seed);
  }

  private static void within(String name, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      String range = min == Double.MIN_VALUE ? "above 0 and at most " + max : "between " + min + " and " + max;
      throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
    }
  }

  public boolean greedy() {
    return temperature == 0;
  }

  /// Logits change with the tokens so far or by a bias.
  boolean adjusts() {
    return countsTokens() || !logitBias.isEmpty();
  }

  boolean countsTokens() {
    return repetitionPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0;
  }

  public Sampling withTemperature(double value) {
    return new Sampling(
        value, topP, topK, minP, typicalP, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias, seed);
  }

  public Sampling withTopP(double value) {
    return new Sampling(
        temperature, value, topK, minP, typicalP, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias, seed);
  }

  public Sampling withTopK(int value) {
    return new Sampling(
        temperature, topP, value, minP, typicalP, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias, seed);
  }

  public Sampling withMinP(double value) {
    return new Sampling(
        temperature, topP, topK, value, typicalP, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias, seed);
  }

  public Sampling withTypicalP(double value) {
    return new Sampling(
        temperature, topP, topK, minP, value, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias, seed);
  }

  public Sampling withRepetitionPenalty(double value) {
    return new Sampling(
        temperature, topP, topK, minP, typicalP, value, frequencyPenalty, presencePenalty, logitBias, seed);
  }

  public Sampling withFrequencyPenalty(double value) {
    return new Sampling(
        temperature, topP, topK, minP, typicalP, repetitionPenalty, value, presencePenalty, logitBias, seed);
  }

  public Sampling withPresencePenalty(double value) {
    return new Sampling(
        temperature, topP, topK, minP, typicalP, repetitionPenalty, frequencyPenalty, value, logitBias, seed);
  }

  public Sampling withLogitBias(Map<Integer, Float> value) {
    return new Sampling(
        temperature, topP, topK, minP, typicalP, repetitionPenalty, frequencyPenalty, presencePenalty, value, seed);
  }

  public Sampling withSeed(long value) {
    return new Sampling(
        temperature, topP, topK, minP, typicalP, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias, value);
  }
}
