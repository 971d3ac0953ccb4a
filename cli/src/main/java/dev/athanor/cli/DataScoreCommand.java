package dev.athanor.cli;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.cli.tokenizer.Lines;
import dev.athanor.data.classifier.TextClassifier;
import dev.athanor.data.ngram.WordModel;
import dev.athanor.data.source.CorpusFiles;
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
import picocli.CommandLine.Parameters;

@Command(
    name = "score",
    description = {
      "Score texts by an n-gram model (perplexity, percentile where the model has a reference set, share of unknown units) or by a"
          + " classifier, of this program or fastText's (a probability for each label). One line a text."
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor data score --model zh.ngram web.jsonl",
      "  athanor data score --model quality.bin --lines --json sentences.txt",
      "  athanor data score --model lid.176.ftz --best 1 --lines sentences.txt"
    })
final class DataScoreCommand implements Callable<Integer> {
  private static final int SHOWN = 60;

  @Option(names = "--model", required = true, paramLabel = "<file>", description = "what scores")
  @Nullable Path model;

  @Parameters(arity = "1..*", paramLabel = "<file|glob>", description = "text files, folders or globs; .jsonl has a text a line, .gz is unpacked")
  List<String> files = new ArrayList<>();

  @Option(names = "--lines", description = "every line is a text of its own")
  boolean lines;

  @Option(names = "--text-key", paramLabel = "<key>", defaultValue = "text", description = "where JSON lines have the text (default: ${DEFAULT-VALUE})")
  String textKey = "text";

  @Option(names = "--best", paramLabel = "<n>", defaultValue = "5", description = "classifiers: labels that are shown, the likeliest first (default: ${DEFAULT-VALUE})")
  int best;

  @Option(names = "--json", description = "a JSON object a text")
  boolean json;

  private final Terminal terminal;

  DataScoreCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// What a model says of a text, by name.
  private interface Scorer {
    Map<String, Double> score(String text);
  }

  @Override
  public Integer call() {
    Scorer scorer = scorer(Objects.requireNonNull(model, "picocli requires it"));
    CorpusFiles corpus = CorpusFiles.find(files, Path.of(""), textKey);
    try (CorpusFiles.Texts texts = corpus.read()) {
      Iterator<String> each = lines ? new Lines(texts) : texts;
      while (each.hasNext()) {
        String text = each.next();
        print(text, scorer.score(text));
      }
    }
    return 0;
  }

  private Scorer scorer(Path file) {
    if (best < 1) {
      throw new UserException("--best: at least 1, not " + best);
    }
    if (WordModel.isOne(file)) {
      WordModel words = WordModel.open(file);
      return text -> perplexity(words, text);
    }
    TextClassifier classifier = TextClassifier.open(file);
    return text -> probabilities(classifier, text);
  }

  private static Map<String, Double> perplexity(WordModel model, String text) {
    WordModel.Likelihood likelihood = model.likelihood(text);
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("perplexity", likelihood.perplexity());
    if (model.hasReference()) {
      scores.put("percentile", model.percentile(likelihood.perplexity()));
    }
    scores.put("units", (double) likelihood.units());
    scores.put("unknown", likelihood.units() == 0 ? 0 : (double) likelihood.unknown() / likelihood.units());
    return scores;
  }

  private Map<String, Double> probabilities(TextClassifier classifier, String text) {
    float[] p = classifier.probabilities(text);
    List<Integer> order = new ArrayList<>();
    for (int label = 0; label < p.length; label++) {
      order.add(label);
    }
    order.sort((a, b) -> Float.compare(p[b], p[a]));
    Map<String, Double> scores = new LinkedHashMap<>();
    for (int label : order.subList(0, Math.min(best, order.size()))) {
      scores.put(classifier.labels().get(label), (double) p[label]);
    }
    return scores;
  }

  private void print(String text, Map<String, Double> scores) {
    String start = text.lines().findFirst().orElse("");
    String shown = start.length() <= SHOWN ? start : start.substring(0, start.offsetByCodePoints(0, Math.min(SHOWN, start.codePointCount(0, start.length())))) + "…";
    if (json) {
      Map<String, Object> object = new LinkedHashMap<>(scores);
      object.put("text", shown);
      terminal.out().println(Json.write(object));
      return;
    }
    StringBuilder line = new StringBuilder();
    scores.forEach((name, value) -> line.append(name).append(' ').append(number(value)).append('\t'));
    terminal.out().println(line.append(shown));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.4g", value);
  }
}
