package dev.athanor.cli;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.Amounts;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.cli.model.OutputPlace;
import dev.athanor.cli.tokenizer.CorpusKinds;
import dev.athanor.cli.tokenizer.ExtensionText;
import dev.athanor.cli.tokenizer.TokenizerPlace;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.VocabularyGrowth;
import dev.athanor.tokenizer.BpeExtender;
import dev.athanor.tokenizer.BpeExtension;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.KindCounts;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "extend",
    description = {
      "Add tokens to a byte-level BPE tokenizer, each with the merge that makes it, after those it has: no id changes its meaning, and a"
          + " text in which none of the new pairs stands is encoded as before. With --model the model gets rows for them, each the mean of"
          + " the rows of what the token's text was until then.",
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor tokenizer extend --base tokenizers/mine --corpus more.txt --add 4000 \\",
      "      --output tokenizers/more",
      "  athanor tokenizer extend --model models/qwen --corpus zh='zh/*.txt' --corpus en='en/*.txt' \\",
      "      --add 8000 --alphabet common-characters.txt --pad-to-multiple-of 64 --output models/qwen-zh"
    })
final class TokenizerExtendCommand implements Callable<Integer> {
  @Option(names = "--base", paramLabel = "<folder|tokenizer.json>", description = "the tokenizer to extend (default: the model's)")
  @Nullable Path base;

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "<[kind=]file|glob>",
      description = "texts to learn from: files, folders or globs, of a kind where one is named; may be said several times")
  List<String> corpus = new ArrayList<>();

  @Option(names = "--eval", paramLabel = "<[kind=]file|glob>", description = "compare before and after on these texts instead")
  List<String> eval = new ArrayList<>();

  @Option(names = "--text-key", paramLabel = "<key>", defaultValue = "text", description = "where JSON lines have the text (default: ${DEFAULT-VALUE})")
  String textKey = "text";

  @Option(names = "--add", required = true, paramLabel = "<n>", description = "the most tokens to add")
  int add;

  @Option(names = "--min-frequency", paramLabel = "<n>", defaultValue = "2", description = "pairs that come less often never merge (default: ${DEFAULT-VALUE})")
  long minFrequency = 2;

  @Option(
      names = "--alphabet",
      paramLabel = "<file>",
      description = "a UTF-8 file of characters each of which must be one token; blanks and line ends in it do not count")
  @Nullable Path alphabet;

  @Option(names = "--model", paramLabel = "<checkpoint>", description = "a model's folder to write anew with rows for the new tokens")
  @Nullable Path model;

  @Option(names = "--pad-to-multiple-of", paramLabel = "<n>", defaultValue = "1", description = "the model's rows are a multiple of this (default: ${DEFAULT-VALUE})")
  int multiple = 1;

  @Option(
      names = "--shard-size",
      paramLabel = "<size>",
      defaultValue = "5GB",
      converter = ByteSize.Converter.class,
      description = "more goes into several files (default: ${DEFAULT-VALUE})")
  ByteSize shardSize = new ByteSize(CheckpointDir.SHARD_BYTES);

  @Option(names = "--threads", paramLabel = "<n>", description = "that count (default: all processors)")
  @Nullable Integer threads;

  @Option(names = "--output", paramLabel = "<folder>", description = "where to write (default: <base or model>-extended)")
  @Nullable Path output;

  @Option(names = "--force", description = "replace what is there")
  boolean force;

  private final Terminal terminal;

  TokenizerExtendCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path from = baseFolder();
    Path to = place(from);
    BpeTokenizer tokenizer = TokenizerPlace.openByteLevel(from, "extended");
    String characters = alphabet == null ? "" : TokenizerTrainCommand.characters(alphabet);
    BpeExtender extender = new BpeExtender(tokenizer, new BpeExtender.Options(add, minFrequency, characters));
    requireModelOf(tokenizer);
    KindCounts learned = count(CorpusKinds.find(corpus, textKey), tokenizer);
    KindCounts measured = eval.isEmpty() ? learned : count(CorpusKinds.find(eval, textKey), tokenizer);
    BpeExtension extension = extender.extend(learned, terminal.progress());
    Path grown = model;
    if (grown == null) {
      write(extension, from, to);
    } else {
      grow(extension, from, grown, to);
    }
    ExtensionText.of(extension, measured, characters).forEach(terminal.out()::println);
    terminal.out().flush();
    return 0;
  }

  private Path baseFolder() {
    Path named = base == null ? model : base;
    if (named == null) {
      throw new UserException("which tokenizer: --base, or --model for a model's own");
    }
    if (named.toString().endsWith(".gguf")) {
      throw new UserException(named + " is a GGUF file; a tokenizer is extended in its published form, a folder with " + Tokenizers.FILE);
    }
    if (threads != null && threads < 1) {
      throw new UserException("--threads must be positive, not " + threads);
    }
    if (model == null && multiple != 1) {
      throw new UserException("--pad-to-multiple-of goes with --model");
    }
    if (!Files.exists(named)) {
      throw new UserException("no tokenizer at " + named + ": there is neither a folder nor a file of this name");
    }
    return TokenizerPlace.folder(named);
  }

  private Path place(Path from) {
    Path grown = model;
    Path beside = (grown == null ? from : grown).toAbsolutePath().normalize();
    Path to = output == null ? beside.resolveSibling(beside.getFileName() + "-extended") : output;
    if (grown != null) {
      OutputPlace.require(to, force, List.of(grown));
      return to;
    }
    Path folder = TokenizerTrainCommand.outputFolder(to, force);
    if (folder.toAbsolutePath().normalize().equals(from.toAbsolutePath().normalize())) {
      throw new UserException("the output is the base, " + from + "; write to another place");
    }
    return folder;
  }

  /// The model's own tokenizer, where it has one, is the base.
  private void requireModelOf(BpeTokenizer tokenizer) {
    Path grown = model;
    if (grown == null || base == null || !Files.exists(grown.resolve(Tokenizers.FILE))) {
      return;
    }
    BpeTokenizer own = Tokenizers.load(grown);
    boolean same = own.vocabSize() == tokenizer.vocabSize();
    for (int id = 0; same && id < own.vocabSize(); id++) {
      same = Arrays.equals(own.bytes(id), tokenizer.bytes(id));
    }
    if (!same) {
      throw new UserException("%s has another tokenizer than %s: its ids mean other tokens".formatted(grown, base));
    }
  }

  private KindCounts count(CorpusKinds texts, BpeTokenizer by) {
    int counting = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    try (CorpusKinds.Texts read = texts.read()) {
      return KindCounts.count(read, by, counting, terminal.progress());
    }
  }

  private void write(BpeExtension extension, Path from, Path to) {
    if (Files.exists(to)) {
      extension.write(from, to);
    } else {
      AtomicPath.write(to, beside -> extension.write(from, beside));
    }
    terminal.out().println("wrote " + to);
  }

  private void grow(BpeExtension extension, Path from, Path grown, Path to) {
    try (CheckpointDir dir = CheckpointDir.open(grown)) {
      VocabularyGrowth growth = new VocabularyGrowth(dir, extension.first(), extension.parts(), multiple, shardSize.bytes());
      try (Progress.Task task = terminal.progress().start("write", growth.bytes(), "B")) {
        AtomicPath.write(
            to, beside -> growth.fill(beside, task::advance, BpeExtension.FILES, folder -> extension.write(from, folder)));
      }
      terminal.out().println("wrote " + to + ": a model with rows for " + Amounts.exact(growth.rows()) + " tokens");
    }
  }
}
