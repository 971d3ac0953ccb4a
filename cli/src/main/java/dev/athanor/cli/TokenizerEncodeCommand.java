package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.tokenizer.InputLines;
import dev.athanor.cli.tokenizer.SubwordFlags;
import dev.athanor.cli.tokenizer.TokenizerPlace;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Framing;
import dev.athanor.tokenizer.InParallel;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      "  athanor tokenizer encode --tokenizer bert --offsets 'where each token stands'",
      "  athanor tokenizer encode --tokenizer model.gguf --whole < page.txt",
      "  athanor tokenizer encode --tokenizer tokenizers/unigram --nbest 5 'Hello, world'",
      "  athanor tokenizer encode --tokenizer tokenizers/unigram --sample 0.2 --seed 7 --file corpus.txt"
    })
final class TokenizerEncodeCommand implements Callable<Integer> {
  @Option(names = "--tokenizer", required = true, paramLabel = "<path>", description = "a folder, its tokenizer.json, a tokenizer.model, or a .gguf file")
  @Nullable Path tokenizer;

  @Option(names = "--no-special", description = "without the tokens that the model wants around every text")
  boolean noSpecial;

  @Option(names = "--plain", description = "names of special tokens inside the text are ordinary text")
  boolean plain;

  @Option(names = "--offsets", description = "each id with the characters of the line that it stands for, as id:start-end in UTF-16 units")
  boolean offsets;

  @Option(names = "--file", paramLabel = "<file>", description = "read this file")
  @Nullable Path file;

  @Option(names = "--whole", description = "all of it is one text, with its line ends")
  boolean whole;

  @Option(names = "--threads", paramLabel = "<n>", description = "that share the lines (default: all processors)")
  @Nullable Integer threads;

  @Mixin SubwordFlags subwords = new SubwordFlags();

  @Parameters(paramLabel = "<text>", arity = "0..*", description = "the text")
  List<String> text = new ArrayList<>();

  /// Stands for the line's own tokens among those around it.
  private static final int OWN = -1;

  /// Lines that are encoded at a time.
  private static final int BATCH = 1 << 13;

  private final Terminal terminal;

  TokenizerEncodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (threads() < 1) {
      throw new UserException("--threads: at least 1, not " + threads());
    }
    InputLines lines = new InputLines(text, file, terminal.in());
    if (subwords.asked()) {
      return segmentations(lines);
    }
    Tokenizer opened = TokenizerPlace.open(Objects.requireNonNull(tokenizer, "picocli requires it"));
    if (whole) {
      terminal.out().append(encoded(opened, lines.whole())).append('\n');
    } else {
      lines.forEachBatch(BATCH, batch -> InParallel.map(batch, line -> encoded(opened, line), threads()).forEach(terminal.out()::println));
    }
    terminal.out().flush();
    return 0;
  }

  private int threads() {
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }

  private int segmentations(InputLines lines) {
    Path path = Objects.requireNonNull(tokenizer, "picocli requires it");
    SubwordFlags.Printer printer = subwords.printer(TokenizerPlace.open(path), path.toString(), plain, !noSpecial);
    if (whole) {
      printer.print(lines.whole(), terminal.out());
    } else {
      lines.forEach(line -> printer.print(line, terminal.out()));
    }
    terminal.out().flush();
    return 0;
  }

  private String encoded(Tokenizer opened, String line) {
    Framing framing = noSpecial ? Framing.NONE : opened.framing();
    StringBuilder out = new StringBuilder(line.length() * 3);
    if (offsets) {
      Encoding encoding = opened.encodeWithOffsets(line, !plain);
      for (int id : framing.single(new int[] {OWN})) {
        if (id == OWN) {
          for (int i = 0; i < encoding.ids().length; i++) {
            append(out, encoding.ids()[i] + ":" + encoding.starts()[i] + "-" + encoding.ends()[i]);
          }
        } else {
          append(out, String.valueOf(id));
        }
      }
    } else {
      for (int id : framing.single(plain ? opened.encode(line) : opened.encodeWithSpecials(line))) {
        append(out, String.valueOf(id));
      }
    }
    return out.toString();
  }

  private static void append(StringBuilder out, String token) {
    if (!out.isEmpty()) {
      out.append(' ');
    }
    out.append(token);
  }
}
