package dev.athanor.cli;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.data.Rows;
import dev.athanor.data.shard.MixedRows;
import dev.athanor.data.shard.TrainingShards;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = "Say what is in a folder of training shards: tokens, packing, the mixture that was wanted and what it came to.",
    footer = {
      "",
      "Examples:",
      "  athanor data shards inspect shards/web",
      "  athanor data shards inspect shards/web --json",
      "  athanor data shards inspect shards/web --row 12345    # what the model reads there, document by document"
    })
final class DataShardsInspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<folder>", description = "what athanor data tokenize wrote")
  @Nullable Path folder;

  @Option(names = "--json", description = "print one JSON object")
  boolean json;

  @Option(names = "--row", paramLabel = "<n>", description = "print the text of this row in the order of training, from 0")
  @Nullable Long row;

  private final Terminal terminal;

  DataShardsInspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(folder, "picocli requires it");
    Long wanted = row;
    if (wanted != null) {
      print(from, wanted);
    } else if (json) {
      terminal.out().print(Json.pretty(TrainingShards.describe(from)));
    } else {
      TrainingShards.describe(from).lines().forEach(terminal.out()::println);
    }
    terminal.out().flush();
    return 0;
  }

  private void print(Path from, long number) {
    if (number < 0) {
      throw new UserException("--row: rows are counted from 0, not " + number);
    }
    Tokenizer tokenizer = Tokenizers.open(from.resolve(TrainingShards.TOKENIZER));
    try (TrainingShards training = TrainingShards.open(from)) {
      MixedRows rows = training.rows();
      MixedRows.Origin origin = rows.origin(number);
      int[] tokens = new int[rows.length() + 1];
      int[] segments = new int[rows.length()];
      rows.row(number, tokens, segments);
      int used = Rows.used(segments);
      terminal
          .out()
          .printf(
              Locale.ROOT, "row %d: %s, row %d of %d in epoch %d; %d tokens, %d of padding%n", number,
              training.shards().index().groups().get(origin.group()).name(), origin.row(), rows.rowsOf(origin.group()), origin.epoch(),
              used, rows.length() - used);
      for (int begin = 0; begin < used; ) {
        int end = begin;
        while (end < used && segments[end] == segments[begin]) {
          end++;
        }
        // A segment of end-of-text alone only opens the row.
        if (end - begin > 1 || tokens[begin] != tokenizer.endOfText()) {
          String text = tokenizer.decode(Arrays.copyOfRange(tokens, begin, end), true);
          terminal.out().printf(Locale.ROOT, "---- %d tokens%n%s%n", end - begin, text);
        }
        begin = end;
      }
    }
  }
}
