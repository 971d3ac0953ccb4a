package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.Sampling;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say how tokens are drawn.
final class SamplingOptions {
  @Option(names = "--greedy", description = "always the most likely token; the same answer each time")
  boolean greedy;

  @Option(
      names = "--temperature",
      paramLabel = "<t>",
      defaultValue = "0.8",
      description = "0 is greedy, 1 the model's own distribution (default: ${DEFAULT-VALUE})")
  double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "<p>",
      defaultValue = "1",
      description = "draw from the most likely tokens that hold this much probability (default: ${DEFAULT-VALUE}, all)")
  double topP;

  @Option(
      names = "--top-k",
      paramLabel = "<k>",
      defaultValue = "0",
      description = "draw from this many of the most likely tokens (default: ${DEFAULT-VALUE}, all)")
  int topK;

  @Option(
      names = "--min-p",
      paramLabel = "<p>",
      defaultValue = "0",
      description = "draw from tokens at least this share as likely as the likeliest (default: ${DEFAULT-VALUE}, all)")
  double minP;

  @Option(
      names = "--typical-p",
      paramLabel = "<p>",
      defaultValue = "1",
      description =
          "draw from the tokens whose surprise is nearest to the expected one and that hold this much probability"
              + " (default: ${DEFAULT-VALUE}, all)")
  double typicalP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "<x>",
      defaultValue = "1",
      description = "divide the logits of tokens that the prompt or the answer holds; 1.1 is usual (default: ${DEFAULT-VALUE}, none)")
  double repetitionPenalty;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "<x>",
      defaultValue = "0",
      description = "take this from a token's logit for each time that the answer holds it (default: ${DEFAULT-VALUE})")
  double frequencyPenalty;

  @Option(
      names = "--presence-penalty",
      paramLabel = "<x>",
      defaultValue = "0",
      description = "take this from the logits of tokens that the answer holds (default: ${DEFAULT-VALUE})")
  double presencePenalty;

  @Option(
      names = "--logit-bias",
      paramLabel = "<id>=<x>",
      description = "add this to a token's logit, -1000 to 1000; may be repeated")
  Map<Integer, Float> logitBias = new LinkedHashMap<>();

  @Option(names = "--seed", paramLabel = "<n>", description = "the same seed gives the same answer")
  @Nullable Long seed;

  /// @throws UserException for what is out of its range
  Sampling sampling() {
    try {
      return new Sampling(
          greedy ? 0 : temperature,
          greedy ? 1 : topP,
          greedy ? 0 : topK,
          greedy ? 0 : minP,
          greedy ? 1 : typicalP,
          repetitionPenalty,
          frequencyPenalty,
          presencePenalty,
          new HashMap<>(logitBias),
          greedy ? 0 : seed == null ? ThreadLocalRandom.current().nextLong() : seed);
    } catch (IllegalArgumentException e) {
      throw new UserException(String.valueOf(e.getMessage()), e);
    }
  }
}
