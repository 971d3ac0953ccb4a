package dev.athanor.cli;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.data.ngram.ArpaFile;
import dev.athanor.data.ngram.HeldOut;
import dev.athanor.data.ngram.NgramTrainer;
import dev.athanor.data.ngram.UnitCutter;
import dev.athanor.data.ngram.WordModel;
import dev.athanor.data.source.CorpusFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "train-ngram",
    description = {
      "Train an n-gram model of words that tells by perplexity how usual a text is: modified Kneser–Ney, as KenLM's lmplz. Or make one of"
          + " an ARPA file. Each line is a sentence. The same texts in the same order give the same file on any number of threads.",
      "",
      "auto       words in lower case with digits as 0; Chinese, Japanese, Thai… by characters; signs by themselves",
      "words      what stands between blanks, unchanged: for text that was cut before, and for ARPA files of others",
      "tokenizer  the tokens of --tokenizer, which is kept in the model"
    },
    sortOptions = false,
    footer = {
      "",
      "The perplexities of a reference set are kept in the model, so that a recipe can name buckets by percentile. Without --reference,",
      "one document in a hundred is held out of the training for it.",
      "",
      "Examples:",
      "  athanor data train-ngram --corpus 'wiki/**/*.jsonl.gz' --output zh.ngram",
      "  athanor data train-ngram --corpus wiki.txt --order 5 --prune 0,0,1 --max-memory 4GB --output zh.ngram --arpa zh.arpa",
      "  athanor data train-ngram --corpus wiki.txt --tokenizer tokenizers/mine --reference web-sample.jsonl --output zh.ngram",
      "  athanor data train-ngram --from-arpa lm.arpa.gz --units words --output lm.ngram"
    })
final class DataTrainNgramCommand implements Callable<Integer> {
  /// Fewer documents than these make no good percentiles.
  private static final int FEW = 100;

  @Option(names = "--corpus", paramLabel = "<file|glob>", description = "text files, folders or globs; .jsonl has a text a line, .gz is unpacked; may be said several times")
  List<String> corpus = new ArrayList<>();

  @Option(names = "--from-arpa", paramLabel = "<file>", description = "take the model from here instead of training one")
  @Nullable Path fromArpa;

  @Option(names = "--text-key", paramLabel = "<key>", defaultValue = "text", description = "where JSON lines have the text (default: ${DEFAULT-VALUE})")
  String textKey = "text";

  @Option(names = "--units", paramLabel = "auto|words", defaultValue = "auto", description = "what is counted (default: ${DEFAULT-VALUE})")
  String units = "auto";

  @Option(names = "--tokenizer", paramLabel = "<folder|file>", description = "count its tokens instead")
  @Nullable Path tokenizer;

  @Option(names = "--order", paramLabel = "<n>", defaultValue = "5", description = "of the longest n-grams (default: ${DEFAULT-VALUE})")
  int order;

  @Option(names = "--prune", split = ",", paramLabel = "<n>", description = "leave out n-grams that occur so often or less, by order from words, such as 0,0,1; the last holds for higher orders (default: none)")
  List<Integer> prune = new ArrayList<>();

  @Option(names = "--reference", paramLabel = "<file|glob>", description = "documents whose perplexities the percentiles are of")
  List<String> reference = new ArrayList<>();

  @Option(names = "--hold-out", paramLabel = "<share>", defaultValue = "0.01", description = "of the documents, where there is no --reference; 0 for none (default: ${DEFAULT-VALUE})")
  double holdOut;

  @Option(names = "--threads", paramLabel = "<n>", description = "that cut and sort (default: all processors)")
  @Nullable Integer threads;

  @Option(names = "--max-memory", paramLabel = "<size>", converter = ByteSize.Converter.class, defaultValue = "1GB", description = "for sorting; the rest goes to files beside the output (default: ${DEFAULT-VALUE})")
  ByteSize maxMemory = new ByteSize(1_000_000_000);

  @Option(names = "--output", required = true, paramLabel = "<file>", description = "where to write the model")
  @Nullable Path output;

  @Option(names = "--arpa", paramLabel = "<file>", description = "write it as ARPA text too")
  @Nullable Path arpa;

  @Option(names = "--force", description = "replace a file that is there")
  boolean force;

  private final Terminal terminal;

  DataTrainNgramCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path model = Objects.requireNonNull(output, "picocli requires it");
    check(model);
    UnitCutter cutter = tokenizer == null ? UnitCutter.of(units, "", "--units") : UnitCutter.tokens(tokenizer);
    Path from = fromArpa;
    if (from != null) {
      ArpaFile.convert(from, cutter, model, terminal.progress());
      addReference(model, List.of());
    } else {
      train(model, cutter);
    }
    WordModel written = WordModel.open(model);
    String counts = written.counts().stream().map(count -> String.format(Locale.ROOT, "%,d", count)).collect(Collectors.joining(", "));
    terminal.out().println("wrote " + model + ": n-grams by order: " + counts + (written.hasReference() ? "; with percentiles" : ""));
    return 0;
  }

  private void check(Path model) {
    if (corpus.isEmpty() == (fromArpa == null)) {
      throw new UserException("say either --corpus, what to train on, or --from-arpa");
    }
    if (fromArpa != null && arpa != null) {
      throw new UserException("--arpa: the model is in " + fromArpa + " already");
    }
    if (!(holdOut >= 0 && holdOut < 1)) {
      throw new UserException("--hold-out: a share between 0 and 1, not " + holdOut);
    }
    refuseExisting(model);
    if (arpa != null) {
      refuseExisting(arpa);
    }
  }

  private void refuseExisting(Path file) {
    if (!force && Files.exists(file)) {
      throw new UserException(file + " is there already; --force replaces it");
    }
  }

  private void train(Path model, UnitCutter cutter) {
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    Path folder = Objects.requireNonNull(model.toAbsolutePath().getParent(), "a file has a folder");
    NgramTrainer.Options options;
    try {
      options = new NgramTrainer.Options(order, prune, maxMemory.bytes(), workers, folder);
    } catch (IllegalArgumentException e) {
      throw new UserException("--" + e.getMessage(), e);
    }
    CorpusFiles files = CorpusFiles.find(corpus, Path.of(""), textKey);
    try (CorpusFiles.Texts texts = files.read()) {
      HeldOut heldOut = new HeldOut(texts, reference.isEmpty() ? holdOut : 0);
      NgramTrainer.Report report = new NgramTrainer(options, cutter).train(heldOut, model, arpa, terminal.progress());
      terminal.err().println(String.format(Locale.ROOT, "%,d lines with %,d units", report.sentences(), report.units()));
      addReference(model, heldOut.documents());
    }
  }

  /// Percentiles of the documents that are named, else of those held out.
  private void addReference(Path model, List<String> heldOut) {
    if (!reference.isEmpty()) {
      CorpusFiles files = CorpusFiles.find(reference, Path.of(""), textKey);
      try (CorpusFiles.Texts texts = files.read()) {
        measure(model, texts);
      }
    } else {
      if (!heldOut.isEmpty() && heldOut.size() < FEW) {
        terminal.err().println("only " + heldOut.size() + " texts were held out: their percentiles are coarse; --reference or --hold-out give more");
      }
      measure(model, heldOut.iterator());
    }
  }

  private void measure(Path model, Iterator<String> texts) {
    try (Progress.Task task = terminal.progress().start("score the reference set", -1, "document")) {
      double[] perplexities = HeldOut.perplexities(WordModel.open(model), texts, task);
      if (perplexities.length > 0) {
        WordModel.addReference(model, perplexities);
      }
    }
  }
}
