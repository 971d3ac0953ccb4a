package dev.athanor.cli;

import dev.athanor.base.Json;
import dev.athanor.cli.tokenizer.InputLines;
import dev.athanor.cli.tokenizer.TokenizerPlace;
import dev.athanor.cli.tokenizer.TokenizerSummary;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = "Say what a tokenizer is: model, sizes, how it cuts text, special tokens, and how well it packs a given text.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor tokenizer inspect runs/quickstart/model",
      "  athanor tokenizer inspect model.gguf --file README.zh-CN.md",
      "  athanor tokenizer inspect model/tokenizer.json --text '大模型' --json"
    })
final class TokenizerInspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<tokenizer>", description = "a folder, its tokenizer.json, a tokenizer.model, or a .gguf file")
  @Nullable Path tokenizer;

  @Option(names = "--file", paramLabel = "<file>", description = "measure bytes per token on this file")
  @Nullable Path file;

  @Option(names = "--text", paramLabel = "<text>", description = "measure on this text, and show its tokens")
  @Nullable String text;

  @Option(names = "--json", description = "print one JSON object")
  boolean json;

  private final Terminal terminal;

  TokenizerInspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    InputLines input = new InputLines(text == null ? List.of() : List.of(text), file, terminal.in());
    Tokenizer opened = TokenizerPlace.open(Objects.requireNonNull(tokenizer, "picocli requires it"));
    Optional<String> measured = text == null && file == null ? Optional.empty() : Optional.of(input.whole());
    TokenizerSummary summary = TokenizerSummary.of(opened, measured, text != null);
    if (json) {
      terminal.out().print(Json.pretty(summary));
    } else {
      summary.lines().forEach(terminal.out()::println);
    }
    terminal.out().flush();
    return 0;
  }
}
