package dev.athanor.cli;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.Inspection;
import dev.athanor.cli.tokenizer.CorpusKinds;
import dev.athanor.cli.tokenizer.StudyModel;
import dev.athanor.cli.tokenizer.StudyReport;
import dev.athanor.cli.tokenizer.TokenizerPlace;
import dev.athanor.model.families.PublishedShapes;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.KindCounts;
import dev.athanor.tokenizer.SizeStudy;
import dev.athanor.tokenizer.TokenizerPreset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "study",
    description = {
      "Say what size a vocabulary should have: byte-level BPE is trained once to the largest, and every smaller one is read off the same"
          + " merges, exactly as if it had been trained by itself. For each size and kind of text: bytes per token, words and Chinese"
          + " characters in one token, tokens seldom seen, and what it costs a model to train and to run, for a byte of text.",
    },
    sortOptions = false,
    footer = {
      "",
      "A corpus may be named: --corpus zh='zh/*.txt' --corpus en=english.jsonl.gz. Of others a file is",
      "code by its extension, and any other text Chinese where three tenths of its letters are.",
      "",
      "Examples:",
      "  athanor tokenizer study --corpus 'corpus/**/*.txt'",
      "  athanor tokenizer study --corpus zh='zh/*.txt' --corpus en='en/*.txt' --corpus code=src \\",
      "      --max-vocab-size 128000 --model-size 1B --html study.html --json study.json",
      "  athanor tokenizer study --corpus train.jsonl.gz --eval held-out.jsonl.gz \\",
      "      --sizes 8000,16000,32000 --shape qwen3-0.6b",
      "  athanor tokenizer study --tokenizer models/qwen --corpus zh.txt --model models/qwen"
    })
final class TokenizerStudyCommand implements Callable<Integer> {
  private static final int[] USUAL = {
    1000, 2000, 4000, 6000, 8000, 12_000, 16_000, 24_000, 32_000, 48_000, 64_000, 96_000, 128_000, 160_000, 200_000, 256_000
  };

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "<[kind=]file|glob>",
      description = "text files, folders or globs, of a kind where one is named; .jsonl has a text a line, .gz is unpacked; may be said several times")
  List<String> corpus = new ArrayList<>();

  @Option(names = "--eval", paramLabel = "<[kind=]file|glob>", description = "measure on these texts instead; may be said several times")
  List<String> eval = new ArrayList<>();

  @Option(names = "--text-key", paramLabel = "<key>", defaultValue = "text", description = "where JSON lines have the text (default: ${DEFAULT-VALUE})")
  String textKey = "text";

  @Option(names = "--max-vocab-size", paramLabel = "<n>", description = "the largest, special tokens included (default: 64000)")
  @Nullable Integer largest;

  @Option(names = "--sizes", split = ",", paramLabel = "<n>", description = "sizes to compare (default: 1000, 2000, 4000, 6000, 8000, 12000… to the largest)")
  List<Integer> sizes = new ArrayList<>();

  @Option(names = "--preset", paramLabel = "<name>", description = "how text is cut: gpt2, llama3, qwen2, starcoder, cl100k, o200k (default: qwen2)")
  @Nullable String preset;

  @Option(
      names = "--special",
      split = ",",
      paramLabel = "<name>",
      description = "special tokens, part of every size (default: <|endoftext|>,<|im_start|>,<|im_end|>)")
  List<String> special = new ArrayList<>();

  @Option(names = "--min-frequency", paramLabel = "<n>", description = "pairs that come less often never merge (default: 2)")
  @Nullable Long minFrequency;

  @Option(names = "--tokenizer", paramLabel = "<path>", description = "study this tokenizer's merges instead: a folder, its tokenizer.json, or a .gguf file")
  @Nullable Path tokenizer;

  @Option(names = "--model-size", paramLabel = "<n>", description = "cost for a plain decoder of so many parameters, without the vocabulary's (default: 500M)")
  @Nullable String modelSize;

  @Option(names = "--model", paramLabel = "<checkpoint>", description = "cost for this model: a folder or a .gguf file, of which headers alone are read")
  @Nullable Path model;

  @Option(
      names = "--shape",
      paramLabel = "<name>",
      description = "cost for a known model's shape: ${COMPLETION-CANDIDATES}",
      completionCandidates = PlanCommand.ShapeNames.class)
  @Nullable String shape;

  @Option(names = "--threads", paramLabel = "<n>", description = "that count (default: all processors)")
  @Nullable Integer threads;

  @Option(names = "--json", paramLabel = "<file>", description = "write the result as JSON; - for standard output, instead of the table")
  @Nullable String json;

  @Option(names = "--html", paramLabel = "<file>", description = "write the result as a page with charts")
  @Nullable Path html;

  private final Terminal terminal;

  TokenizerStudyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    check();
    StudyModel costs = costs();
    int counting = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    CorpusKinds texts = CorpusKinds.find(corpus, textKey);
    CorpusKinds heldOut = eval.isEmpty() ? texts : CorpusKinds.find(eval, textKey);
    Path named = tokenizer;
    BpeTokenizer source;
    KindCounts learned;
    if (named == null) {
      BpeTrainer.Options options = options(counting);
      try (CorpusKinds.Texts read = texts.read()) {
        learned = KindCounts.count(read, options.pattern(), counting, terminal.progress());
      }
      source = new BpeTrainer(options).train(learned, terminal.progress());
    } else {
      source = TokenizerPlace.openByteLevel(named, "studied");
      learned = count(texts, source, counting);
    }
    if (learned.kinds().isEmpty()) {
      throw new UserException("--corpus: there is no text in it");
    }
    KindCounts measured = eval.isEmpty() ? learned : count(heldOut, source, counting);
    if (measured.kinds().isEmpty()) {
      throw new UserException("--eval: there is no text in it");
    }
    SizeStudy study = SizeStudy.of(source, wanted(source.vocabSize()), measured, learned, terminal.progress());
    tell(
        StudyReport.of(
            study,
            costs,
            named == null ? "byte-level BPE, text cut as " + presetName() + "'s, trained once" : named.toString(),
            told(corpus, texts),
            eval.isEmpty() ? "the same" : told(eval, heldOut)));
    return 0;
  }

  private void check() {
    if (tokenizer != null && (preset != null || !special.isEmpty() || minFrequency != null)) {
      throw new UserException("--preset, --special and --min-frequency say how to train; --tokenizer is trained already");
    }
    if (Arrays.asList(modelSize, model, shape).stream().filter(Objects::nonNull).count() > 1) {
      throw new UserException("--model-size, --model or --shape, one of them");
    }
    if (threads != null && threads < 1) {
      throw new UserException("--threads must be positive, not " + threads);
    }
    for (Path file : Arrays.asList(html, json == null || json.equals("-") ? null : Path.of(json))) {
      if (file != null && Files.isDirectory(file)) {
        throw new UserException(file + " is a folder; name a file to write the result to");
      }
    }
  }

  private StudyModel costs() {
    if (shape != null) {
      return StudyModel.of(shape, PublishedShapes.named(shape));
    }
    if (model != null) {
      Inspection found = Inspection.of(model, false);
      return StudyModel.of(
          found.path(),
          found.model().orElseThrow(() -> new UserException(found.path() + " does not say what it is of; name its folder")).spec());
    }
    return StudyModel.ofSize(modelSize == null ? "500M" : modelSize);
  }

  private String presetName() {
    return preset == null ? TokenizerPreset.QWEN2.key() : preset;
  }

  private BpeTrainer.Options options(int counting) {
    int most = largest != null ? largest : sizes.stream().mapToInt(Integer::intValue).max().orElse(64_000);
    BpeTrainer.Options usual = BpeTrainer.Options.of(most);
    return new BpeTrainer.Options(
        most,
        minFrequency == null ? usual.minFrequency() : minFrequency,
        special.isEmpty() ? usual.specialTokens() : special,
        TokenizerPreset.named(presetName()).preTokenizer(),
        counting);
  }

  private KindCounts count(CorpusKinds texts, BpeTokenizer by, int counting) {
    try (CorpusKinds.Texts read = texts.read()) {
      return KindCounts.count(read, by, counting, terminal.progress());
    }
  }

  private int[] wanted(int available) {
    if (!sizes.isEmpty()) {
      return sizes.stream().mapToInt(Integer::intValue).toArray();
    }
    int most = Math.min(available, largest == null ? available : largest);
    int least = 256 + (special.isEmpty() ? 64 : special.size());
    return IntStream.concat(IntStream.of(USUAL).filter(size -> size < most && size > least), IntStream.of(most)).toArray();
  }

  private static String told(List<String> patterns, CorpusKinds texts) {
    return "%s: %,d files".formatted(String.join(" ", patterns), texts.files());
  }

  private void tell(StudyReport report) {
    if (json != null && json.equals("-")) {
      terminal.out().print(report.json());
    } else {
      report.lines().forEach(terminal.out()::println);
      if (json != null) {
        AtomicFile.writeString(Path.of(json), report.json());
      }
    }
    if (html != null) {
      AtomicFile.writeString(html, report.html());
    }
    terminal.out().flush();
  }
}
