package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.tokenizer.Lines;
import dev.athanor.data.classifier.ClassifierTrainer;
import dev.athanor.data.classifier.Features;
import dev.athanor.data.classifier.Quality;
import dev.athanor.data.source.CorpusFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "train-classifier",
    description = {
      "Train a linear classifier of texts on examples of each label: softmax regression over hashed n-grams of words (in Chinese, of"
          + " characters). The same examples in the same order give the same file. A share of them is held out and tells how good it is."
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor data train-classifier --label good=wiki.jsonl.gz --label bad='web/*.jsonl' --output quality.bin",
      "  athanor data train-classifier --label toxic=toxic.txt --label fine=fine.txt --lines --chars 2-5 --output toxicity.bin"
    })
final class DataTrainClassifierCommand implements Callable<Integer> {
  @Option(
      names = "--label",
      required = true,
      paramLabel = "<name>=<file|glob>",
      description = "examples: .jsonl has a text a line, any other file is text of whole lines; a label may be said several times")
  List<String> labels = new ArrayList<>();

  @Option(names = "--lines", description = "every line is an example of its own")
  boolean lines;

  @Option(names = "--text-key", paramLabel = "<key>", defaultValue = "text", description = "where JSON lines have the text (default: ${DEFAULT-VALUE})")
  String textKey = "text";

  @Option(names = "--words", paramLabel = "<n>", defaultValue = "2", description = "longest n-gram of words or Chinese characters (default: ${DEFAULT-VALUE})")
  int words;

  @Option(names = "--chars", paramLabel = "<n-m>", description = "n-grams of a word's characters too, such as 2-5 (default: none)")
  @Nullable String chars;

  @Option(names = "--buckets", paramLabel = "<n>", defaultValue = "1048576", description = "that n-grams are hashed into (default: ${DEFAULT-VALUE})")
  int buckets;

  @Option(names = "--epochs", paramLabel = "<n>", defaultValue = "5", description = "through all examples (default: ${DEFAULT-VALUE})")
  int epochs;

  @Option(names = "--rate", paramLabel = "<x>", defaultValue = "0.3", description = "of learning, falling to none (default: ${DEFAULT-VALUE})")
  double rate;

  @Option(names = "--hold-out", paramLabel = "<share>", defaultValue = "0.1", description = "of the examples, to measure (default: ${DEFAULT-VALUE})")
  double holdOut;

  @Option(names = "--max-units", paramLabel = "<n>", defaultValue = "10000", description = "of a text that count, from its beginning (default: ${DEFAULT-VALUE})")
  int maxUnits;

  @Option(names = "--seed", paramLabel = "<n>", defaultValue = "1", description = "of the examples' order (default: ${DEFAULT-VALUE})")
  long seed;

  @Option(names = "--output", required = true, paramLabel = "<file>", description = "where to write the classifier")
  @Nullable Path output;

  @Option(names = "--force", description = "replace a file that is there")
  boolean force;

  private final Terminal terminal;

  DataTrainClassifierCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path file = Objects.requireNonNull(output, "picocli requires it");
    if (!force && Files.exists(file)) {
      throw new UserException(file + " is there already; --force replaces it");
    }
    ClassifierTrainer trainer = new ClassifierTrainer(options(file));
    Map<String, CorpusFiles.Texts> open = new LinkedHashMap<>();
    try {
      patterns().forEach((label, patterns) -> open.put(label, CorpusFiles.find(patterns, Path.of(""), textKey).read()));
      Map<String, Iterator<String>> texts = new LinkedHashMap<>();
      open.forEach((label, corpus) -> texts.put(label, lines ? new Lines(corpus) : corpus));
      ClassifierTrainer.Trained trained = trainer.train(texts, terminal.progress());
      trained.model().write(file);
      tell(trained, file);
    } finally {
      open.values().forEach(CorpusFiles.Texts::close);
    }
    return 0;
  }

  private ClassifierTrainer.Options options(Path file) {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    try {
      int[] range = range();
      return new ClassifierTrainer.Options(new Features(words, range[0], range[1], buckets), rate, epochs, holdOut, maxUnits, seed, folder);
    } catch (IllegalArgumentException e) {
      throw new UserException("--" + e.getMessage(), e);
    }
  }

  private int[] range() {
    String text = chars;
    if (text == null) {
      return new int[] {0, 0};
    }
    if (!text.matches("[1-8]-[1-8]")) {
      throw new UserException("--chars: a range such as 2-5, not '" + text + "'");
    }
    return new int[] {text.charAt(0) - '0', text.charAt(2) - '0'};
  }

  private Map<String, List<String>> patterns() {
    Map<String, List<String>> patterns = new LinkedHashMap<>();
    for (String label : labels) {
      int equals = label.indexOf('=');
      if (equals < 1 || equals == label.length() - 1) {
        throw new UserException("--label: a name and files, such as good=wiki.jsonl, not '" + label + "'");
      }
      patterns.computeIfAbsent(label.substring(0, equals), name -> new ArrayList<>()).add(label.substring(equals + 1));
    }
    return patterns;
  }

  private void tell(ClassifierTrainer.Trained trained, Path file) {
    Quality quality = trained.quality();
    terminal.out().println(String.format(Locale.ROOT, "wrote %s: trained on %,d texts", file, trained.examples()));
    if (quality.examples() == 0) {
      return;
    }
    terminal.out().println(String.format(Locale.ROOT, "of %,d held out, %.1f %% get their label", quality.examples(), 100 * quality.accuracy()));
    for (Quality.OfLabel label : quality.labels()) {
      terminal
          .out()
          .println(
              String.format(
                  Locale.ROOT, "  %-12s %,8d texts, precision %.3f, recall %.3f, AUC %.3f", label.label(), label.examples(), label.precision(), label.recall(), label.auc()));
    }
  }
}
