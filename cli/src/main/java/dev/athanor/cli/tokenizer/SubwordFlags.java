package dev.athanor.cli.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.unigram.Subwords;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags of `encode` for other segmentations than the best one, which a Unigram model has.
public final class SubwordFlags {
  @Option(names = "--nbest", paramLabel = "<n>", description = "Unigram: the n likeliest segmentations, a line each: its log-probability, a tab, its ids")
  @Nullable Integer nBest;

  @Option(names = "--sample", paramLabel = "<alpha>", description = "Unigram: a random segmentation, as likely as its probability to the power of alpha, such as 0.2")
  @Nullable Double alpha;

  @Option(names = "--seed", paramLabel = "<n>", description = "of --sample: the same seed gives the same ids (default: 0)")
  @Nullable Long seed;

  /// Prints what the flags ask for of one text.
  @FunctionalInterface
  public interface Printer {
    void print(String text, PrintStream out);
  }

  /// Whether any of the flags is said.
  public boolean asked() {
    return nBest != null || alpha != null || seed != null;
  }

  /// @param plain whether names of special tokens are text
  /// @param framed whether what the model wants around texts goes around
  /// @throws UserException where they contradict each other, or the model is of another kind
  public Printer printer(Tokenizer tokenizer, String where, boolean plain, boolean framed) {
    Integer n = nBest;
    Double power = alpha;
    if ((n == null) == (power == null)) {
      throw new UserException(n == null ? "--seed is for --sample" : "--nbest or --sample, one of them");
    }
    if (n != null && seed != null) {
      throw new UserException("--seed is for --sample");
    }
    Subwords subwords = Subwords.of(tokenizer, where);
    if (power == null) {
      int most = Objects.requireNonNull(n, "one of both is said");
      return (text, out) ->
          subwords.best(text, !plain, most).forEach(
              one -> out.append(String.format(Locale.ROOT, "%.6f\t%s\n", one.score(), ids(tokenizer, one.ids(), framed))));
    }
    RandomGenerator random = new SplittableRandom(Objects.requireNonNullElse(seed, 0L));
    return (text, out) -> out.append(ids(tokenizer, subwords.sample(text, !plain, power, random).ids(), framed)).append('\n');
  }

  private static String ids(Tokenizer tokenizer, List<Integer> ids, boolean framed) {
    int[] all = ids.stream().mapToInt(id -> id).toArray();
    return IntStream.of(framed ? tokenizer.framing().single(all) : all).mapToObj(String::valueOf).collect(Collectors.joining(" "));
  }
}
