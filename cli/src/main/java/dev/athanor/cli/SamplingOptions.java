package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.Sampling;
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

  @Option(names = "--seed", paramLabel = "<n>", description = "the same seed gives the same answer")
  @Nullable Long seed;

  Sampling sampling() {
    if (greedy) {
      return Sampling.GREEDY;
    }
    try {
      return new Sampling(temperature, topP, topK, seed == null ? ThreadLocalRandom.current().nextLong() : seed);
    } catch (IllegalArgumentException e) {
      throw new UserException(String.valueOf(e.getMessage()), e);
    }
  }
}
