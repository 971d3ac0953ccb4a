package dev.athanor.cli;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.cli.tokenizer.Lines;
import dev.athanor.cli.tokenizer.WordFlags;
import dev.athanor.data.source.CorpusFiles;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.CharacterBpeTrainer;
import dev.athanor.tokenizer.PreTokenizer;
import dev.athanor.tokenizer.PublishedTokenizer;
import dev.athanor.tokenizer.TokenizerPreset;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.tokenizer.TrainingMemory;
import dev.athanor.tokenizer.unigram.UnigramTrainer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "train",
    description = {
      "Train a tokenizer. The same texts, in any order and on any number of threads, give the same file.",
      "",
      "byte-bpe  BPE over bytes, as GPT-2, Llama 3 and Qwen: the most frequent pair first, of equal ones that with the smaller left id,"
          + " then the smaller right id",
      "bpe       the same over characters, as Llama 2: ▁ stands for a blank, rare characters fall back to bytes",
      "unigram   the likeliest pieces by expectation maximization, as T5 and XLM-R"
    },
    sortOptions = false,
    footer = {
      "",
      "Presets say how byte-bpe cuts text before bytes merge; the patterns are the published ones:",
      "  gpt2, llama3, qwen2, starcoder, cl100k, o200k",
      "",
      "Examples:",
      "  athanor tokenizer train --corpus 'corpus/**/*.txt' --vocab-size 32000 --output tokenizers/mine",
      "  athanor tokenizer train --corpus zh.jsonl.gz --corpus en.jsonl.gz --vocab-size 64000 --preset llama3 \\",
      "      --alphabet common-characters.txt --output tokenizers/zh-en",
      "  athanor tokenizer train --corpus src --vocab-size 8192 --special '<|endoftext|>,<|fim_middle|>' --output code",
      "  athanor tokenizer train --model bpe --corpus corpus --vocab-size 32000 --special '</s>,<s>' --output tokenizers/llama2-like",
      "  athanor tokenizer train --model unigram --corpus corpus --lines --vocab-size 32000 --normalizer nfkc \\",
      "      --collapse-whitespace --no-split-digits --no-byte-fallback --special '</s>,<pad>' --output tokenizers/t5-like"
    })
final class TokenizerTrainCommand implements Callable<Integer> {
  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "<file|glob>",
      description = "text files, folders or globs; .jsonl has a text a line, .gz is unpacked; may be said several times")
  List<String> corpus = new ArrayList<>();

  @Option(names = "--text-key", paramLabel = "<key>", defaultValue = "text", description = "where JSON lines have the text (default: ${DEFAULT-VALUE})")
  String textKey = "text";

  @Option(names = "--lines", description = "every line is a text of its own, as SentencePiece trains")
  boolean lines;

  @Option(names = "--model", paramLabel = "byte-bpe|bpe|unigram", defaultValue = "byte-bpe", description = "what is trained (default: ${DEFAULT-VALUE})")
  String model = "byte-bpe";

  @Option(names = "--vocab-size", required = true, paramLabel = "<n>", description = "ids in all, special tokens included")
  int vocabSize;

  @Option(names = "--preset", paramLabel = "<name>", description = "byte-bpe: how text is cut (default: qwen2)")
  @Nullable String preset;

  @Option(
      names = "--special",
      split = ",",
      paramLabel = "<name>",
      defaultValue = "<|endoftext|>,<|im_start|>,<|im_end|>",
      description = "special tokens; the first ends a document, ChatML's give a chat template (default: ${DEFAULT-VALUE})")
  List<String> special = new ArrayList<>();

  @Option(names = "--min-frequency", paramLabel = "<n>", description = "byte-bpe, bpe: pairs that come less often never merge (default: 2)")
  @Nullable Long minFrequency;

  @Mixin WordFlags words = new WordFlags();

  @Option(
      names = "--alphabet",
      paramLabel = "<file>",
      description = "a UTF-8 file of characters each of which must be one token; blanks and line ends in it do not count")
  @Nullable Path alphabet;

  @Option(names = "--threads", paramLabel = "<n>", description = "that count (default: all processors)")
  @Nullable Integer threads;

  @Option(
      names = "--max-memory",
      paramLabel = "<size>",
      converter = ByteSize.Converter.class,
      description = "byte-bpe: what may be held of the corpus, such as 2GB; the rest goes to files beside the output, and the tokenizer is"
          + " the same (default: all of it)")
  @Nullable ByteSize maxMemory;

  @Option(names = "--output", required = true, paramLabel = "<folder|tokenizer.json>", description = "where to write; tokenizer_config.json goes beside")
  @Nullable Path output;

  @Option(names = "--force", description = "replace a tokenizer that is there")
  boolean force;

  private final Terminal terminal;

  TokenizerTrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path folder = outputFolder(Objects.requireNonNull(output, "picocli requires it"), force);
    Training training = training();
    CorpusFiles files = CorpusFiles.find(corpus, Path.of(""), textKey);
    Trained trained;
    try (CorpusFiles.Texts texts = files.read()) {
      trained = training.of(lines ? new Lines(texts) : texts, terminal.progress());
    }
    write(trained.writer, folder);
    terminal
        .out()
        .println(
            String.format(Locale.ROOT, "wrote %s: %,d tokens, %,d of them special, from %d files", folder, trained.vocabSize, special.size(), files.files().size()));
    return 0;
  }

  /// What is known before any text is read: a mistake is told here.
  private interface Training {
    Trained of(Iterator<String> texts, Progress progress);
  }

  private record Trained(int vocabSize, Consumer<Path> writer) {
    static Trained of(PublishedTokenizer tokenizer) {
      return new Trained(tokenizer.vocabSize(), tokenizer::save);
    }
  }

  private Training training() {
    String letters = alphabet == null ? "" : characters(alphabet);
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    long frequency = minFrequency == null ? 2 : minFrequency;
    if (!model.equals("byte-bpe") && preset != null) {
      throw new UserException("--preset: for --model byte-bpe; " + model + " cuts text at blanks, scripts and digits, as --split-digits and others say");
    }
    if (!model.equals("byte-bpe") && maxMemory != null) {
      throw new UserException("--max-memory: for --model byte-bpe; " + model + " holds all distinct words of the corpus");
    }
    return switch (model) {
      case "byte-bpe" -> {
        words.refuse(model);
        PreTokenizer cut = TokenizerPreset.named(preset == null ? "qwen2" : preset).preTokenizer();
        var options = new BpeTrainer.Options(vocabSize, frequency, special, List.of(), cut, workers, letters);
        TrainingMemory memory = memory();
        yield (texts, progress) -> {
          BpeTokenizer tokenizer = new BpeTrainer(options, memory).train(texts, progress);
          return new Trained(tokenizer.vocabSize(), place -> Tokenizers.save(tokenizer, place));
        };
      }
      case "bpe" -> {
        var trainer = new CharacterBpeTrainer(words.options(vocabSize, special, letters, workers), frequency);
        yield (texts, progress) -> Trained.of(trainer.train(texts, progress));
      }
      case "unigram" -> {
        if (minFrequency != null) {
          throw new UserException("--min-frequency: for --model byte-bpe and bpe; unigram weighs pieces by their likelihood");
        }
        var trainer = new UnigramTrainer(words.options(vocabSize, special, letters, workers), UnigramTrainer.Schedule.standard());
        yield (texts, progress) -> Trained.of(trainer.train(texts, progress));
      }
      default -> throw new UserException("--model: there is no '" + model + "'; there are byte-bpe, bpe, unigram");
    };
  }

  private TrainingMemory memory() {
    ByteSize most = maxMemory;
    if (most == null) {
      return TrainingMemory.UNBOUNDED;
    }
    Path parent = Objects.requireNonNull(output, "picocli requires it").toAbsolutePath().getParent();
    while (parent != null && !Files.isDirectory(parent)) {
      parent = parent.getParent();
    }
    return new TrainingMemory(most.bytes(), Objects.requireNonNull(parent, "an absolute path has a root"));
  }

  /// The folder that a tokenizer may be written to: its own, or that of the file that is named.
  ///
  /// @throws UserException when a tokenizer is there and `force` is not said, or a file is in the way
  static Path outputFolder(Path output, boolean force) {
    Path folder = output.endsWith(Tokenizers.FILE) ? output.toAbsolutePath().resolveSibling("") : output;
    if (Files.isRegularFile(folder) || (!output.endsWith(Tokenizers.FILE) && output.toString().endsWith(".json"))) {
      throw new UserException("--output names a folder, or a file called " + Tokenizers.FILE + " in one, not " + output);
    }
    for (String name : List.of(Tokenizers.FILE, Tokenizers.CONFIG_FILE)) {
      if (!force && Files.exists(folder.resolve(name))) {
        throw new UserException(folder.resolve(name) + " is there already; --force replaces it");
      }
    }
    return folder;
  }

  /// A new folder comes whole; of one that is there the other files stay.
  static void write(Consumer<Path> tokenizer, Path folder) {
    if (Files.exists(folder)) {
      tokenizer.accept(folder);
    } else {
      AtomicPath.write(folder, tokenizer::accept);
    }
  }

  /// The characters of an alphabet's file.
  static String characters(Path file) {
    try {
      return Files.readString(file).codePoints().filter(c -> !Character.isWhitespace(c) && c != 0xFEFF).mapToObj(Character::toString).collect(Collectors.joining());
    } catch (CharacterCodingException e) {
      throw new UserException("--alphabet: " + file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new UserException("--alphabet: cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
