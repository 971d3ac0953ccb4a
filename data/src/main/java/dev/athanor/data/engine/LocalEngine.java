package dev.athanor.data.engine;

import dev.athanor.base.Progress;
import dev.athanor.data.engine.ChunkFeed.Chunk;
import dev.athanor.data.engine.ChunkFeed.Numbered;
import dev.athanor.data.engine.Pass.InputShard;
import dev.athanor.data.flow.Workspace;
import dev.athanor.data.spill.LocalWorkspace;
import dev.athanor.data.spill.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// All cores of this machine. Partitions are read side by side and cut into chunks, chunks are worked on side by side: what is held in
/// memory is a chunk a thread, however large the corpus.
public final class LocalEngine implements Engine {
  @Override
  public void run(PassTask task, DataRecipe recipe, Progress progress) throws InterruptedException {
    int threads = recipe.limits().threadCount();
    if (task.input() == null) {
      first(task, recipe, threads, progress);
    } else {
      later(task, threads, progress);
    }
  }

  private static void first(PassTask task, DataRecipe recipe, int threads, Progress progress) throws InterruptedException {
    List<Numbered> all = Pass.partitions(recipe, Path.of(task.folder()), progress);
    try (var shown = PassProgress.ofSources(progress, task.title(), all)) {
      var pass = new Pass(task, shown::finished);
      List<Numbered> left = all.stream().filter(partition -> !finished(pass, partition, shown)).toList();
      Map<Integer, Parts> parts = new ConcurrentHashMap<>();
      left.forEach(partition -> parts.put(partition.number(), new Parts()));
      try (var feed = new ChunkFeed(left, threads, recipe.limits().chunkBytes())) {
        Workers.run(
            threads,
            () -> {
              for (Chunk chunk = feed.next(); chunk != null; chunk = feed.next()) {
                pass.read(chunk);
                shown.read(chunk.stored());
                int number = chunk.of().number();
                int total = parts.getOrDefault(number, new Parts()).finished(chunk);
                if (total > 0) {
                  pass.end(number, total);
                }
              }
            });
      }
    }
  }

  private static boolean finished(Pass pass, Numbered partition, PassProgress shown) {
    boolean finished = pass.isFinished(partition.number());
    if (finished) {
      shown.read(Math.max(0, partition.partition().bytes()));
    }
    return finished;
  }

  /// How much of a partition is done: its last chunk may be ready before an earlier one.
  private static final class Parts {
    private int finished;
    private int total;

    /// @return the number of parts once all are finished, else 0
    synchronized int finished(Chunk chunk) {
      finished++;
      total = chunk.lastOne() ? chunk.part() + 1 : total;
      return finished == total ? total : 0;
    }
  }

  private static void later(PassTask task, int threads, Progress progress) throws InterruptedException {
    List<InputShard> shards = Pass.inputShards(task);
    long documents = shards.stream().mapToLong(InputShard::documents).sum();
    try (var shown = PassProgress.ofDocuments(progress, task.title(), documents)) {
      var pass = new Pass(task, shown::finished);
      var next = new AtomicInteger();
      Workers.run(
          threads,
          () -> {
            for (int i = next.getAndIncrement(); i < shards.size(); i = next.getAndIncrement()) {
              if (Thread.interrupted()) {
                throw new InterruptedException("stopped in " + task.title());
              }
              pass.runShard(shards.get(i));
            }
          });
    }
  }

  @Override
  public Workspace workspace(Path folder, DataRecipe recipe, Progress progress) {
    return new LocalWorkspace(folder, recipe.limits().memoryBytes(), recipe.limits().threadCount(), progress);
  }
}
