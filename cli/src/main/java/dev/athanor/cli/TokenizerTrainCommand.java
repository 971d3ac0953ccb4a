package dev.athanor.cli;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.UserException;
import dev.athanor.data.source.CorpusFiles;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.TokenizerPreset;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "train",
    description = {
      "Train byte-level BPE. The same texts, in any order and on any number of threads, give the same file: the most frequent pair first,"
          + " of equal ones that with the smaller left id, then the smaller right id."
    },
    sortOptions = false,
    footer = {
      "",
      "Presets say how text is cut before bytes merge; the patterns are the published ones:",
      "  gpt2, llama3, qwen2, starcoder, cl100k, o200k",
      "",
      "Examples:",
      "  athanor tokenizer train --corpus 'corpus/**/*.txt' --vocab-size 32000 --output tokenizers/mine",
      "  athanor tokenizer train --corpus zh.jsonl.gz --corpus en.jsonl.gz --vocab-size 64000 --preset llama3 \\",
      "      --alphabet common-characters.txt --output tokenizers/zh-en",
      "  athanor tokenizer train --corpus src --vocab-size 8192 --special '<|endoftext|>,<|fim_middle|>' --output code"
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

  @Option(names = "--vocab-size", required = true, paramLabel = "<n>", description = "ids in all, special tokens included")
  int vocabSize;

  @Option(names = "--preset", paramLabel = "<name>", defaultValue = "qwen2", description = "how text is cut (default: ${DEFAULT-VALUE})")
  String preset = "qwen2";

  @Option(
      names = "--special",
      split = ",",
      paramLabel = "<name>",
      defaultValue = "<|endoftext|>,<|im_start|>,<|im_end|>",
      description = "special tokens; the first ends a document, ChatML's give a chat template (default: ${DEFAULT-VALUE})")
  List<String> special = new ArrayList<>();

  @Option(names = "--min-frequency", paramLabel = "<n>", defaultValue = "2", description = "pairs that come less often never merge (default: ${DEFAULT-VALUE})")
  long minFrequency = 2;

  @Option(
      names = "--alphabet",
      paramLabel = "<file>",
      description = "a UTF-8 file of characters each of which must be one token; blanks and line ends in it do not count")
  @Nullable Path alphabet;

  @Option(names = "--threads", paramLabel = "<n>", description = "that count (default: all processors)")
  @Nullable Integer threads;

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
    BpeTrainer.Options options =
        new BpeTrainer.Options(
            vocabSize,
            minFrequency,
            special,
            List.of(),
            TokenizerPreset.named(preset).preTokenizer(),
            threads == null ? Runtime.getRuntime().availableProcessors() : threads,
            alphabet == null ? "" : characters(alphabet));
    CorpusFiles files = CorpusFiles.find(corpus, Path.of(""), textKey);
    BpeTokenizer tokenizer;
    try (CorpusFiles.Texts texts = files.read()) {
      tokenizer = new BpeTrainer(options).train(texts, terminal.progress());
    }
    write(tokenizer, folder);
    terminal
        .out()
        .println(
            String.format(Locale.ROOT, "wrote %s: %,d tokens, %,d of them special, from %d files", folder, tokenizer.vocabSize(), special.size(), files.files().size()));
    return 0;
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
  static void write(BpeTokenizer tokenizer, Path folder) {
    if (Files.exists(folder)) {
      Tokenizers.save(tokenizer, folder);
    } else {
      AtomicPath.write(folder, beside -> Tokenizers.save(tokenizer, beside));
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
