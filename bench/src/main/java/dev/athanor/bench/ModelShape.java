package dev.athanor.bench;

import dev.athanor.base.UserException;
import dev.athanor.model.Activation;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/// The shape of the Llama-like model that a benchmark runs.
final class ModelShape {
  @Option(names = "--d", paramLabel = "<n>", defaultValue = "384", description = "hidden size (default: 384)")
  int hidden;

  @Option(names = "--layers", paramLabel = "<n>", defaultValue = "6", description = "blocks (default: 6)")
  int layers;

  @Option(names = "--heads", paramLabel = "<n>", defaultValue = "6", description = "query heads (default: 6)")
  int heads;

  @Option(names = "--kv-heads", paramLabel = "<n>", defaultValue = "2", description = "key-value heads (default: 2)")
  int kvHeads;

  @Option(names = "--intermediate", paramLabel = "<n>", defaultValue = "0", description = "default: 8/3 d, up to a multiple of 64")
  int intermediate;

  @Option(names = "--vocab", paramLabel = "<n>", defaultValue = "8192", description = "vocabulary (default: 8192)")
  int vocabulary;

  @Option(
      names = "--experts",
      paramLabel = "<n>",
      defaultValue = "0",
      description = "experts in place of each feed-forward part, two a token, each half as wide (default: none)")
  int experts;

  /// The options that say the same.
  List<String> arguments() {
    return List.of(
        "--d", "" + hidden, "--layers", "" + layers, "--heads", "" + heads, "--kv-heads", "" + kvHeads, "--intermediate",
        "" + intermediate, "--vocab", "" + vocabulary, "--experts", "" + experts);
  }

  DecoderSpec spec(int contextLength) {
    if (heads < 1 || hidden % (2 * heads) != 0) {
      throw new UserException("--d " + hidden + " does not make " + heads + " heads of an even size");
    }
    int inner = intermediate > 0 ? intermediate : (hidden * 8 / 3 + 63) / 64 * 64;
    try {
      return DecoderSpec.uniform(
          vocabulary,
          hidden,
          layers,
          contextLength,
          new Mixer.Attention(heads, kvHeads, hidden / heads, new Rope(10_000), false, false),
          experts == 0
              ? new FeedForward.Gated(inner)
              : new FeedForward.Experts(
                  experts, 2, inner / 2, Activation.SILU, true, OptionalInt.empty(), 0.01, 0.001),
          new Norm.Rms(1e-6),
          true);
    } catch (IllegalArgumentException e) {
      throw new UserException("no such model: " + e.getMessage(), e);
    }
  }
}
