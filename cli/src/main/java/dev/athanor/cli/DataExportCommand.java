package dev.athanor.cli;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.Amounts;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.DocumentJson;
import dev.athanor.data.parquet.ParquetWriter;
import dev.athanor.data.shard.DocumentParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = "Write the documents of a data run as one file for other tools: Parquet, or JSON lines.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  athanor data export corpora/web --output web.parquet",
      "  athanor data export corpora/web --output web.jsonl.gz"
    })
final class DataExportCommand implements Callable<Integer> {
  /// Where a data run has its documents.
  private static final String DOCUMENTS = "documents";

  @Parameters(paramLabel = "<documents>", description = "a data run's folder, or one with files of documents (.jsonl.gz, .jsonl.zst)")
  @Nullable Path documents;

  @Option(names = "--output", required = true, paramLabel = "<file>", description = "what to write: .parquet, .jsonl or .jsonl.gz")
  @Nullable Path output;

  @Option(names = "--force", description = "replace a file that is there")
  boolean force;

  private final Terminal terminal;

  DataExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path to = Objects.requireNonNull(output, "picocli requires it");
    if (Files.exists(to) && (!force || Files.isDirectory(to))) {
      throw new UserException(to + (Files.isDirectory(to) ? " is a folder; name a file" : " is there already; --force replaces it"));
    }
    Path from = Objects.requireNonNull(documents, "picocli requires it");
    DocumentParts parts = DocumentParts.ofFolder(Files.isDirectory(from.resolve(DOCUMENTS)) ? from.resolve(DOCUMENTS) : from);
    long written;
    try (Stream<Document> all = IntStream.range(0, parts.count()).boxed().flatMap(parts::open);
        Progress.Task task = terminal.progress().start("export", -1, "doc")) {
      var counted = new Counted(all.iterator(), task);
      write(to, counted);
      written = counted.count;
    }
    terminal.out().println("wrote %s documents to %s (%s)".formatted(Amounts.exact(written), to, Amounts.bytes(size(to))));
    return 0;
  }

  private static void write(Path to, Iterator<Document> all) {
    String name = String.valueOf(to.getFileName());
    if (name.endsWith(".parquet")) {
      ParquetWriter.write(to, all);
    } else if (name.endsWith(".jsonl.gz")) {
      DocumentFile.write(to, all);
    } else if (name.endsWith(".jsonl")) {
      AtomicFile.write(
          to,
          out -> {
            while (all.hasNext()) {
              out.write(DocumentJson.encode(all.next()));
            }
          });
    } else {
      throw new UserException("--output " + to + ": the name must end in .parquet, .jsonl or .jsonl.gz");
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + file, e);
    }
  }

  /// Documents on their way, shown.
  private static final class Counted implements Iterator<Document> {
    private final Iterator<Document> all;
    private final Progress.Task task;
    private long count;

    Counted(Iterator<Document> all, Progress.Task task) {
      this.all = all;
      this.task = task;
    }

    @Override
    public boolean hasNext() {
      return all.hasNext();
    }

    @Override
    public Document next() {
      count++;
      task.advance(1);
      return all.next();
    }
  }
}
