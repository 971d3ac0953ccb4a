package dev.athanor.bench;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.classifier.ClassifierTrainer;
import dev.athanor.data.classifier.Features;
import dev.athanor.data.classifier.TextClassifier;
import dev.athanor.data.ngram.NgramTrainer;
import dev.athanor.data.ngram.WordModel;
import dev.athanor.data.ngram.WordsAndHan;
import dev.athanor.data.source.CorpusFiles;
import dev.athanor.data.toxicity.Lexicon;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What the models that judge documents cost on one core: n-gram look-ups and megabytes a second of the perplexity filter, megabytes a
/// second of the linear classifier and of the toxicity lists. Time is the thread's own, so that others on the machine do not count.
@Command(
    name = "NgramLookups",
    mixinStandardHelpOptions = true,
    description = "Look-ups and MB a second and core of the perplexity filter; MB/s of the classifier and the toxicity lists.")
final class NgramLookups implements Callable<Integer> {
  @Option(names = "--train", required = true, paramLabel = "<file>", description = "text to train the n-gram model on")
  List<String> train = new ArrayList<>();

  @Option(names = "--score", required = true, paramLabel = "<file>", description = "other text, that is scored")
  List<String> score = new ArrayList<>();

  @Option(names = "--score-mb", paramLabel = "<n>", defaultValue = "8", description = "of it, at most (default: ${DEFAULT-VALUE})")
  int megabytes;

  @Option(names = "--order", paramLabel = "<n>", defaultValue = "5", description = "of the model (default: ${DEFAULT-VALUE})")
  int order;

  @Option(names = "--max-memory-mb", paramLabel = "<n>", defaultValue = "256", description = "for sorting (default: ${DEFAULT-VALUE})")
  int memory;

  @Option(names = "--rounds", paramLabel = "<n>", defaultValue = "5", description = "counted, after two that are not (default: ${DEFAULT-VALUE})")
  int rounds;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new NgramLookups(), args));
  }

  @Override
  public Integer call() throws Exception {
    List<String> texts = texts();
    long bytes = texts.stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum();
    if (bytes == 0) {
      throw new UserException("--score: no text");
    }
    Benchmark.inTemporaryFolder(
        folder -> {
          WordModel model = trainModel(folder);
          long[] lookups = new long[1];
          List<Double> seconds = new ArrayList<>();
          for (int round = 0; round < rounds + 2; round++) {
            lookups[0] = 0;
            double took = timed(() -> texts.forEach(text -> lookups[0] += model.likelihood(text).lookups()));
            if (round >= 2) {
              seconds.add(took);
            }
          }
          tell("perplexity", "million n-gram look-ups/s", seconds, lookups[0] / 1e6);
          tell("perplexity", "MB/s", seconds, bytes / 1e6);
          TextClassifier classifier = trainClassifier(folder, texts);
          tell("classifier", "MB/s", rounds(() -> texts.forEach(classifier::probabilities)), bytes / 1e6);
          Lexicon lexicon = new Lexicon(List.of());
          tell("toxicity lists", "MB/s", rounds(() -> texts.forEach(lexicon::find)), bytes / 1e6);
        });
    return 0;
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    long chars = 0;
    try (CorpusFiles.Texts all = CorpusFiles.find(score, Path.of(""), "text").read()) {
      while (all.hasNext() && chars < megabytes * 1_000_000L) {
        String text = all.next();
        texts.add(text);
        chars += text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return texts;
  }

  private WordModel trainModel(Path folder) throws IOException {
    Path file = folder.resolve("model.ngram");
    int threads = Runtime.getRuntime().availableProcessors();
    var options = new NgramTrainer.Options(order, List.of(), memory * 1_000_000L, threads, folder);
    CorpusFiles corpus = CorpusFiles.find(train, Path.of(""), "text");
    long start = System.nanoTime();
    try (CorpusFiles.Texts all = corpus.read()) {
      NgramTrainer.Report report = new NgramTrainer(options, new WordsAndHan()).train(all, file, null, Progress.silent());
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          Locale.ROOT, "trained on %.1f MB in %.1f s (%.2f MB/s): %,d units, n-grams by order %s%n",
          corpus.bytes() / 1e6, seconds, corpus.bytes() / 1e6 / seconds, report.units(), report.counts());
    }
    return WordModel.open(file);
  }

  private static TextClassifier trainClassifier(Path folder, List<String> texts) {
    var options = new ClassifierTrainer.Options(new Features(2, 0, 0, 1 << 20), 0.3, 1, 0, 10_000, 1, folder);
    Map<String, Iterator<String>> halves = new LinkedHashMap<>();
    halves.put("a", texts.subList(0, (texts.size() + 1) / 2).iterator());
    halves.put("b", texts.subList(texts.size() / 2, texts.size()).iterator());
    return new ClassifierTrainer(options).train(halves, Progress.silent()).model();
  }

  private List<Double> rounds(Runnable work) {
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < rounds + 2; round++) {
      double took = timed(work);
      if (round >= 2) {
        seconds.add(took);
      }
    }
    return seconds;
  }

  private static double timed(Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    work.run();
    return (threads.getCurrentThreadCpuTime() - start) / 1e9;
  }

  private static void tell(String what, String unit, List<Double> seconds, double amount) {
    var rates = new Measured(seconds.stream().map(took -> amount / took).toList());
    System.out.printf("%-15s %s %s%n", what, rates.text(), unit);
  }
}
