package dev.athanor.bench;

import dev.athanor.base.UserException;
import dev.athanor.inference.Engine;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.EngineStatistics;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Sampling;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What guessing tokens from the text so far gains, on a trained model: where a file is written once more with a change, and where text
/// is new. Two engines over the same model, with and without guesses, turn by turn; both must write the same.
@Command(
    name = "GuessSpeed",
    mixinStandardHelpOptions = true,
    description = "The speed of a trained model with and without guesses, on prompts that edit code and on others.")
final class GuessSpeed implements Callable<Integer> {
  private static final List<String> ORDINARY =
      List.of(
          "/**\n * Returns the sum of two numbers.\n */\npublic static int ",
          "public class Account {\n  private final String name;\n",
          "import java.util.List;\n\n/** Reads lines from a file. */\nclass ",
          "package org.example.util;\n\npublic final class Strings {\n",
          "  /** Whether the list holds a number. */\n  boolean contains(",
          "@Override\npublic String toString() {\n");

  @Option(names = "--model", paramLabel = "<folder>", required = true, description = "a trained model of code")
  @Nullable Path model;

  @Option(names = "--sources", paramLabel = "<folder>", defaultValue = "base/src/main/java", description = "Java files to edit (default: this project's)")
  Path sources = Path.of("base/src/main/java");

  @Option(names = "--prompts", paramLabel = "<n>", defaultValue = "12", description = "of code editing (default: 12)")
  int prompts;

  @Option(names = "--file-tokens", paramLabel = "<n>", defaultValue = "200", description = "of the file that is edited (default: 200)")
  int fileTokens;

  @Option(names = "--tokens", paramLabel = "<n>", defaultValue = "160", description = "written (default: 160)")
  int tokens;

  @Option(names = "--rounds", paramLabel = "<n>", defaultValue = "5", description = "default: 5, after one that is not counted")
  int rounds;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new GuessSpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    Path folder = model == null ? Path.of("") : model;
    Tokenizer tokenizer = Tokenizers.load(folder);
    EngineOptions options = EngineOptions.DEFAULT.withPrefixCaching(false);
    try (Engine plain = Engine.open(folder, tokenizer, options.withSpeculation(false));
        Engine guessing = Engine.open(folder, tokenizer, options.withSpeculation(true))) {
      if (plain.spec().contextLength() < fileTokens + tokens + 60) {
        throw new UserException("the model's context is " + plain.spec().contextLength() + ", too short for these lengths");
      }
      List<int[]> edits = edits(tokenizer);
      List<int[]> ordinary = ORDINARY.stream().map(tokenizer::encode).toList();
      System.out.printf(Locale.ROOT, "%,d parameters; %d files of %d tokens to edit, %d ordinary prompts; %d tokens written%n",
          plain.spec().parameters(), edits.size(), fileTokens, ordinary.size(), tokens);
      compare("a file once more with one change", plain, guessing, edits, Sampling.GREEDY);
      compare("ordinary text, greedy", plain, guessing, ordinary, Sampling.GREEDY);
      compare("ordinary text, temperature 1", plain, guessing, ordinary, Sampling.DEFAULT);
    }
    return 0;
  }

  /// A file's beginning, an order to write it again with another class name, and the first line of that.
  private List<int[]> edits(Tokenizer tokenizer) throws IOException {
    List<int[]> edits = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(sources)) {
      files = all.filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java")).sorted().toList();
    }
    for (Path file : files) {
      String text = Files.readString(file);
      int[] ids = tokenizer.encode(text);
      if (ids.length >= fileTokens && edits.size() < prompts) {
        String part = tokenizer.decode(Arrays.copyOf(ids, fileTokens), true);
        String first = part.substring(0, part.indexOf('\n') + 1);
        edits.add(tokenizer.encode(part + "\n\n// the same file with another name of the class\n" + first));
      }
    }
    if (edits.isEmpty()) {
      throw new UserException("no Java files of " + fileTokens + " tokens in " + sources);
    }
    return edits;
  }

  private void compare(String what, Engine plain, Engine guessing, List<int[]> all, Sampling sampling) {
    List<Double> ratios = new ArrayList<>();
    List<Double> slow = new ArrayList<>();
    List<Double> fast = new ArrayList<>();
    EngineStatistics before = guessing.statistics().orElseThrow();
    for (int round = 0; round <= rounds; round++) {
      double without = 0;
      double with = 0;
      int written = 0;
      for (int p = 0; p < all.size(); p++) {
        var request = new GenerationRequest(all.get(p), tokens, sampling.withSeed(p), new int[0], List.of(), -1);
        boolean plainFirst = (p + round) % 2 == 0;
        Answers.Answer one = Answers.one(plainFirst ? plain : guessing, request);
        Answers.Answer other = Answers.one(plainFirst ? guessing : plain, request);
        if (!one.text().equals(other.text())) {
          throw new IllegalStateException("guesses changed the text");
        }
        without += (plainFirst ? one : other).nanos() - (plainFirst ? one : other).firstNanos();
        with += (plainFirst ? other : one).nanos() - (plainFirst ? other : one).firstNanos();
        written += one.tokens() - 1;
      }
      if (round > 0) {
        slow.add(written / without * 1e9);
        fast.add(written / with * 1e9);
        ratios.add(without / with);
      }
    }
    EngineStatistics after = guessing.statistics().orElseThrow();
    long drafted = after.draftedTokens() - before.draftedTokens();
    Measured ratio = new Measured(ratios);
    System.out.printf(
        Locale.ROOT, "%-34s %.2f times as fast (%.2f to %.2f): %,.0f with, %,.0f tokens/s without; %.0f %% of %,d guesses right%n",
        what, ratio.median(), ratio.min(), ratio.max(), new Measured(fast).median(), new Measured(slow).median(),
        drafted == 0 ? 0 : 100.0 * (after.acceptedTokens() - before.acceptedTokens()) / drafted, drafted);
  }
}
