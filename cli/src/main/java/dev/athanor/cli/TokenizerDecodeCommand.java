package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.tokenizer.InputLines;
import dev.athanor.cli.tokenizer.TokenizerPlace;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "decode",
    description = "Print the text of ids, one text a line of them; of standard input where no ids are named.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor tokenizer decode --tokenizer runs/quickstart/model 431 982 17",
      "  athanor tokenizer encode --tokenizer model --file a.txt --whole | athanor tokenizer decode --tokenizer model"
    })
final class TokenizerDecodeCommand implements Callable<Integer> {
  @Option(names = "--tokenizer", required = true, paramLabel = "<path>", description = "a folder, its tokenizer.json, a tokenizer.model, or a .gguf file")
  @Nullable Path tokenizer;

  @Option(names = "--no-special", description = "leave special tokens out")
  boolean noSpecial;

  @Option(names = "--file", paramLabel = "<file>", description = "read the ids from this file")
  @Nullable Path file;

  @Parameters(paramLabel = "<id>", arity = "0..*", description = "ids, separated by spaces or commas")
  List<String> ids = new ArrayList<>();

  private final Terminal terminal;

  TokenizerDecodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    InputLines lines = new InputLines(ids, file, terminal.in());
    Tokenizer opened = TokenizerPlace.open(Objects.requireNonNull(tokenizer, "picocli requires it"));
    lines.forEach(line -> terminal.out().append(opened.decode(numbers(line, opened.vocabSize()), noSpecial)).append('\n'));
    terminal.out().flush();
    return 0;
  }

  private static int[] numbers(String line, int vocabSize) {
    List<Integer> numbers = new ArrayList<>();
    for (String word : line.strip().split("[\\s,\\[\\]]+", -1)) {
      if (!word.isEmpty()) {
        numbers.add(number(word, vocabSize));
      }
    }
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int number(String word, int vocabSize) {
    int id;
    try {
      id = Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw new UserException("'" + word + "' is no id; ids are whole numbers separated by spaces or commas", e);
    }
    if (id < 0 || id >= vocabSize) {
      throw new UserException("the id " + id + " is no token: the tokenizer has those from 0 to " + (vocabSize - 1));
    }
    return id;
  }
}
