package dev.athanor.cli;

import dev.athanor.cli.tokenizer.InputLines;
import dev.athanor.cli.tokenizer.TokenizerPlace;
import dev.athanor.tokenizer.BpeTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "encode",
    description = "Print the ids of each line of text, separated by spaces; of standard input where no text is named.",
    sortOptions = false,
    footer = {
      "",
      "Names of special tokens in the text stand for those tokens, as in a prompt; with --plain they are text.",
      "",
      "Examples:",
      "  athanor tokenizer encode --tokenizer runs/quickstart/model 'public class A {}'",
      "  athanor tokenizer encode --tokenizer model/tokenizer.json --file corpus.txt --no-special",
      "  athanor tokenizer encode --tokenizer model.gguf --whole < page.txt"
    })
final class TokenizerEncodeCommand implements Callable<Integer> {
  @Option(names = "--tokenizer", required = true, paramLabel = "<path>", description = "a folder, its tokenizer.json, or a .gguf file")
  @Nullable Path tokenizer;

  @Option(names = "--no-special", description = "without the tokens that the model wants around every text")
  boolean noSpecial;

  @Option(names = "--plain", description = "names of special tokens inside the text are ordinary text")
  boolean plain;

  @Option(names = "--file", paramLabel = "<file>", description = "read this file")
  @Nullable Path file;

  @Option(names = "--whole", description = "all of it is one text, with its line ends")
  boolean whole;

  @Parameters(paramLabel = "<text>", arity = "0..*", description = "the text")
  List<String> text = new ArrayList<>();

  private final Terminal terminal;

  TokenizerEncodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    InputLines lines = new InputLines(text, file, terminal.in());
    BpeTokenizer opened = TokenizerPlace.open(Objects.requireNonNull(tokenizer, "picocli requires it"));
    OptionalInt bos = noSpecial ? OptionalInt.empty() : opened.bosId();
    if (whole) {
      print(opened, bos, lines.whole());
    } else {
      lines.forEach(line -> print(opened, bos, line));
    }
    terminal.out().flush();
    return 0;
  }

  private void print(BpeTokenizer opened, OptionalInt bos, String line) {
    int[] ids = plain ? opened.encode(line) : opened.encodeWithSpecials(line);
    StringBuilder out = new StringBuilder(ids.length * 6);
    bos.ifPresent(out::append);
    for (int id : ids) {
      if (!out.isEmpty()) {
        out.append(' ');
      }
      out.append(id);
    }
    terminal.out().append(out).append('\n');
  }
}
