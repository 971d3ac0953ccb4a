package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.data.shard.ShardIndex;
import dev.athanor.data.shard.TokenShards;
import dev.athanor.data.shard.TrainingShards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    description = "Read all shards and rows and compare their checksums. The status is 0 where all are whole.",
    footer = {"", "athanor data tokenize, run again, makes a damaged shard anew and keeps the others."})
final class DataShardsVerifyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<folder>", description = "what athanor data tokenize wrote")
  @Nullable Path folder;

  private final Terminal terminal;

  DataShardsVerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(folder, "picocli requires it");
    List<String> problems = TokenShards.verify(from, terminal.progress());
    if (!problems.isEmpty()) {
      throw new UserException(String.join("\n", problems));
    }
    ShardIndex index = ShardIndex.read(from);
    terminal.out().printf(Locale.ROOT, "%d shards with %,d tokens are whole%n", index.shards().size(), index.tokens());
    if (Files.exists(from.resolve(TrainingShards.FILE))) {
      try (TrainingShards training = TrainingShards.open(from)) {
        TrainingShards.Description told = training.description();
        terminal.out().printf(Locale.ROOT, "%s with %,d rows is whole%n", told.rowsFile(), told.rows().rows());
      }
    }
    terminal.out().flush();
    return 0;
  }
}
