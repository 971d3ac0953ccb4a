package dev.athanor.bench;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.mixture.Grouping;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.data.mixture.MixturePlan;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.shard.MixedRows;
import dev.athanor.data.shard.Packing;
import dev.athanor.data.shard.RowsFile;
import dev.athanor.data.shard.RowsSummary;
import dev.athanor.data.shard.RowsWriter;
import dev.athanor.data.shard.ShardIndex;
import dev.athanor.data.shard.ShardTokenizer;
import dev.athanor.data.shard.TokenShardWriter;
import dev.athanor.data.shard.TokenShards;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// How fast documents become shards, shards rows, and rows are read in the order of training. Documents are cut from texts in lengths as
/// those of the web are: log-normal, half of them shorter than the median, one in a hundred ten times as long.
@Command(
    name = "ShardSpeed",
    mixinStandardHelpOptions = true,
    description = "Tokenising, packing, checking and reading of training shards, in documents and megabytes a second.")
final class ShardSpeed implements Callable<Integer> {
  @Option(names = "--tokenizer", required = true, paramLabel = "<path>", description = "a folder or file with a published tokenizer")
  @Nullable Path tokenizer;

  @Option(
      names = "--median",
      paramLabel = "<chars>", defaultValue = "1000",
      description = "of the documents' lengths (default: ${DEFAULT-VALUE})")
  int median;

  @Option(
      names = "--context-length",
      paramLabel = "<n>", defaultValue = "2048",
      description = "tokens of a row (default: ${DEFAULT-VALUE})")
  int contextLength;

  @Option(
      names = "--copies",
      paramLabel = "<n>", defaultValue = "1",
      description = "how often the texts are taken (default: ${DEFAULT-VALUE})")
  int copies;

  @Option(names = "--threads", paramLabel = "<n>", description = "that tokenise (default: all processors)")
  @Nullable Integer threads;

  @Parameters(paramLabel = "<file>", arity = "1..*", description = "UTF-8 texts; each is a group")
  List<Path> files = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(Benchmark.run(new ShardSpeed(), args));
  }

  @Override
  public Integer call() throws Exception {
    Path place = tokenizer;
    if (place == null) {
      throw new UserException("--tokenizer is missing");
    }
    Tokenizer opened = Tokenizers.open(place);
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    Benchmark.inTemporaryFolder(folder -> measure(folder, opened, ShardTokenizer.of(place.toString(), opened), workers));
    return 0;
  }

  private void measure(Path folder, Tokenizer opened, ShardTokenizer identity, int workers) throws IOException {
    DocumentParts parts = DocumentParts.ofFiles(documents(folder));
    Path shardFolder = folder.resolve("shards");
    var settings = new TokenShardWriter.Settings(100_000_000, new Grouping(List.of("source")), workers);
    long begun = System.nanoTime();
    ShardIndex index = TokenShardWriter.write(shardFolder, identity, opened, parts, settings, Progress.silent());
    double seconds = seconds(begun);
    System.out.printf(
        Locale.ROOT, "%,d documents, %.1f MB of UTF-8, %,d tokens, %d threads%n", index.documents(), index.utf8Bytes() / 1e6,
        index.tokens(), workers);
    System.out.printf(
        Locale.ROOT, "tokenise, documents' files read: %,.0f documents/s, %.1f MB/s, %.2f M tokens/s%n", index.documents() / seconds,
        index.utf8Bytes() / 1e6 / seconds, index.tokens() / 1e6 / seconds);
    begun = System.nanoTime();
    if (!TokenShards.verify(shardFolder, Progress.silent()).isEmpty()) {
      throw new IllegalStateException("the shards are damaged");
    }
    long bytes = index.shards().stream().mapToLong(ShardIndex.Shard::bytes).sum();
    System.out.printf(Locale.ROOT, "verify: %,.0f MB/s%n", bytes / 1e6 / seconds(begun));
    try (TokenShards shards = TokenShards.open(shardFolder)) {
      for (Packing packing : Packing.values()) {
        pack(folder.resolve("rows"), shards, packing);
      }
    }
  }

  private void pack(Path file, TokenShards shards, Packing packing) {
    long begun = System.nanoTime();
    RowsSummary summary = RowsWriter.write(file, shards, contextLength, packing, 1, Progress.silent());
    double packed = seconds(begun);
    try (RowsFile rows = RowsFile.open(file, shards)) {
      var mixed = new MixedRows(rows, MixturePlan.of(shards.index().groupSizes(), Mixture.NATURAL), 1);
      int[] tokens = new int[contextLength + 1];
      int[] segments = new int[contextLength];
      long count = Math.min(mixed.rowsPerPass(), 50_000);
      begun = System.nanoTime();
      for (long row = 0; row < count; row++) {
        mixed.row(row, tokens, segments);
      }
      double read = seconds(begun);
      System.out.printf(
          Locale.ROOT, "%s: %,.0f documents/s; %,d rows, %.3f %% padding, %,d documents cut, %,d of them needlessly%n", packing,
          shards.documents() / packed, summary.rows(), 100 * summary.padding(), summary.cut(), summary.cutNeedlessly());
      System.out.printf(
          Locale.ROOT, "  read in order: %,.0f rows/s, %.1f M tokens/s%n", count / read, count * contextLength / 1e6 / read);
    }
  }

  private List<Path> documents(Path folder) throws IOException {
    List<Path> written = new ArrayList<>();
    Random random = new Random(1);
    for (int copy = 0; copy < copies; copy++) {
      for (Path file : files) {
        String text = Files.readString(file);
        String source = String.valueOf(file.getFileName());
        List<Document> documents = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
          int end = (int) Math.min(text.length(), start + Math.max(1, Math.round(median * Math.exp(random.nextGaussian()))));
          String id = copy + "/" + source + "/" + documents.size();
          documents.add(new Document(id, text.substring(start, end), source, id, "unknown", "text", Map.of()));
          start = end;
        }
        Path to = folder.resolve("documents-%05d.jsonl.gz".formatted(written.size()));
        DocumentFile.write(to, documents.iterator());
        written.add(to);
      }
    }
    return written;
  }

  private static double seconds(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }
}
