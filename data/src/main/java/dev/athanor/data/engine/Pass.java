package dev.athanor.data.engine;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.engine.ChunkFeed.Chunk;
import dev.athanor.data.engine.ChunkFeed.Numbered;
import dev.athanor.data.source.Extracted;
import dev.athanor.data.source.Partition;
import dev.athanor.data.source.SourceContext;
import dev.athanor.data.step.StepContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One pass over the corpus, in parts that any worker can do: shards that are whole are not made again.
public final class Pass {
  private final DataRecipe recipe;
  private final Path folder;
  private final DocumentPass documents;
  private final Shards output;
  private final @Nullable Shards input;
  private final Consumer<ShardReport> finished;
  /// Looked up once where partitions are asked for by number.
  private @Nullable List<Numbered> listed;

  /// Of a partition that was read to its end.
  private record End(int parts) {}

  /// Opens the pass's steps.
  ///
  /// @param finished is told of each shard, whether it was made or found; by any thread
  Pass(PassTask task, Consumer<ShardReport> finished) {
    recipe = Recipes.parse("recipe", task.recipe(), DataRecipe.class, List.of());
    folder = Path.of(task.folder());
    output = new Shards(Path.of(task.output()));
    String from = task.input();
    input = from == null ? null : new Shards(Path.of(from));
    String decisions = task.decisions();
    Segment segment = task.segment() == 0 ? Segment.COLLECT : Segments.of(recipe.steps()).get(task.segment() - 1);
    var context = new StepContext(folder, recipe.seed(), Progress.silent());
    documents = new DocumentPass(segment, context, decisions == null ? null : Path.of(decisions));
    this.finished = finished;
  }

  public static Pass open(PassTask task) {
    return new Pass(task, report -> {});
  }

  // ---- the first pass: partitions

  /// All partitions of all sources, in order.
  static List<Numbered> partitions(DataRecipe recipe, Path folder, Progress progress) {
    SourceContext context = SourceContext.of(folder, progress);
    List<Numbered> partitions = new ArrayList<>();
    recipe
        .sources()
        .forEach(
            (name, source) ->
                source.partitions(context).forEach(partition -> partitions.add(new Numbered(partitions.size(), name, partition))));
    return partitions;
  }

  /// Whether all shards of the partition are there; they are then told of.
  boolean isFinished(int partition) {
    Path end = output.file(Shards.partitionName(partition), Shards.END);
    if (!Files.exists(end)) {
      return false;
    }
    List<ShardReport> reports = new ArrayList<>();
    try {
      int parts = Json.readFile(end, End.class).parts();
      for (int part = 0; part < parts; part++) {
        ShardReport report = output.whole(Shards.name(partition, part));
        if (report == null) {
          return false;
        }
        reports.add(report);
      }
    } catch (UserException e) {
      // A damaged mark: as if there were none.
      return false;
    }
    reports.forEach(finished);
    return true;
  }

  /// Makes a chunk's shard, unless it is there.
  void read(Chunk chunk) {
    String shard = Shards.name(chunk.of().number(), chunk.part());
    ShardReport report = output.whole(shard);
    if (report == null) {
      report = documents.run(shard, taker -> extract(chunk, taker), 0, output);
    }
    finished.accept(report);
  }

  /// Each record is let go of once it is a document.
  private static void extract(Chunk chunk, Consumer<Extracted> taker) {
    List<Partition.RawRecord> records = chunk.records();
    for (int i = 0; i < records.size(); i++) {
      Partition.RawRecord record = records.set(i, NOTHING);
      taker.accept(
          switch (record.extract()) {
            case Extracted.Text text -> new Extracted.Text(DocumentPass.received(text.document(), chunk.of().source()));
            case Extracted.SetAside aside -> aside;
          });
    }
  }

  private static final Partition.RawRecord NOTHING =
      new Partition.RawRecord() {
        @Override
        public long bytes() {
          return 0;
        }

        @Override
        public Extracted extract() {
          throw new IllegalStateException("a record is made a document once");
        }
      };

  /// Marks that a partition gave so many shards and all are there.
  void end(int partition, int parts) {
    String name = Shards.partitionName(partition) + Shards.END;
    PartFile.write(output, name, Json.write(new End(parts)).getBytes(StandardCharsets.UTF_8));
  }

  /// A partition of the sources.
  ///
  /// @param number among all, from 0
  /// @param name and size, by which a worker knows that it finds the same files as whoever gave it the number
  public record InputPartition(int number, String name) implements java.io.Serializable {
    static InputPartition of(Numbered numbered) {
      Partition partition = numbered.partition();
      return new InputPartition(numbered.number(), numbered.source() + ": " + partition.name() + " of " + partition.bytes() + " bytes");
    }
  }

  /// The partitions of all sources, in order; no step is opened for it.
  public static List<InputPartition> inputPartitions(PassTask task) {
    DataRecipe recipe = Recipes.parse("recipe", task.recipe(), DataRecipe.class, List.of());
    return partitions(recipe, Path.of(task.folder()), Progress.silent()).stream().map(InputPartition::of).toList();
  }

  /// Does a whole partition on the calling thread; other threads may do others.
  ///
  /// @throws UserException when other files are found here
  public void readPartition(InputPartition input) throws InterruptedException {
    if (isFinished(input.number())) {
      return;
    }
    Numbered partition = found(input);
    int parts = 0;
    try (var feed = new ChunkFeed(List.of(partition), 1, recipe.limits().chunkBytes())) {
      for (Chunk chunk = feed.next(); chunk != null; chunk = feed.next()) {
        read(chunk);
        parts++;
      }
    }
    end(input.number(), parts);
  }

  private synchronized Numbered found(InputPartition input) {
    List<Numbered> all = listed;
    if (all == null) {
      all = partitions(recipe, folder, Progress.silent());
      listed = all;
    }
    String here = input.number() < all.size() ? InputPartition.of(all.get(input.number())).name() : "nothing";
    if (!here.equals(input.name())) {
      throw new UserException(
          "sources differ between machines: partition %d is '%s' here and '%s' where the run was started; all machines must see the same files under the same paths"
              .formatted(input.number(), here, input.name()));
    }
    return all.get(input.number());
  }

  // ---- later passes: shards

  /// A shard of the pass before.
  ///
  /// @param firstNumber of its first document in the corpus
  public record InputShard(String name, long firstNumber, long documents) implements java.io.Serializable {}

  /// The shards of the pass before, in order; no step is opened for it.
  public static List<InputShard> inputShards(PassTask task) {
    Shards from = new Shards(Path.of(Objects.requireNonNull(task.input(), "the first pass reads sources")));
    List<InputShard> shards = new ArrayList<>();
    long number = 0;
    for (String name : from.names()) {
      long kept = from.report(name).kept();
      shards.add(new InputShard(name, number, kept));
      number += kept;
    }
    return shards;
  }

  private Shards from() {
    Shards from = input;
    if (from == null) {
      throw new IllegalStateException("the first pass reads sources");
    }
    return from;
  }

  /// Does a shard, unless it is done.
  public void runShard(InputShard shard) {
    ShardReport report = output.whole(shard.name());
    if (report == null) {
      report = documents.run(shard.name(), taker -> documentsOf(shard, taker), shard.firstNumber(), output);
    }
    finished.accept(report);
  }

  private void documentsOf(InputShard shard, Consumer<Extracted> taker) {
    if (shard.documents() > 0) {
      try (Stream<dev.athanor.data.Document> read = DocumentFile.read(from().file(shard.name(), Shards.KEPT))) {
        read.forEach(document -> taker.accept(new Extracted.Text(document)));
      }
    }
  }
}
