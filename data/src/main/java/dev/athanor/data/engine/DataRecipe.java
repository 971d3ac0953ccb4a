package dev.athanor.data.engine;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.data.shard.TokensRecipe;
import dev.athanor.data.source.Source;
import dev.athanor.data.step.Step;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `athanor data run` reads. `docs/data.md` explains every key.
///
/// @param name of the corpus
/// @param seed of everything that is drawn
/// @param sources by name; reports and mixtures speak of them by it
/// @param steps in the order in which documents pass them
/// @param mixture how often which documents are trained on; every one once where it is left out
/// @param tokens makes token shards and rows of the documents
/// @param limits of memory, threads and files
/// @param engine where the work is done; the bytes are the same
/// @param spark how Spark is reached; of `engine: spark` alone
public record DataRecipe(
    String name,
    @Default("1") long seed,
    Map<String, Source> sources,
    @Default("[]") List<Step> steps,
    @Nullable Mixture mixture,
    @Nullable TokensRecipe tokens,
    @Default("{}") Limits limits,
    @Default("local") EngineName engine,
    @Nullable Spark spark) {
  public DataRecipe {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("name must be letters, digits, '.', '_' and '-', not '" + name + "'");
    }
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("sources must name at least one source");
    }
    if (mixture != null && tokens == null) {
      throw new IllegalArgumentException("mixture is of tokens; say tokens: {tokenizer: …} as well");
    }
    if (spark != null && engine != EngineName.SPARK) {
      throw new IllegalArgumentException("spark says how to reach Spark; say engine: spark as well");
    }
  }

  public enum EngineName {
    /// All cores of this machine.
    LOCAL,
    /// Apache Spark, which must be on the class path.
    SPARK
  }

  /// @param master such as `local[*]`, `spark://host:7077`, `yarn`, `k8s://https://host:443`
  /// @param conf further settings of Spark, such as `spark.executor.memory`
  public record Spark(@Default("local[*]") String master, @Default("{}") Map<String, String> conf) {}

  /// None of these changes what is written, but for `chunkMegabytes`, which decides where shards end.
  ///
  /// @param threads that work side by side; 0 takes one a core
  /// @param memoryMegabytes that decisions over the whole corpus may take; 0 takes half of the heap
  /// @param chunkMegabytes of raw records that make a shard
  public record Limits(@Default("0") int threads, @Default("0") int memoryMegabytes, @Default("16") int chunkMegabytes) {
    public Limits {
      if (threads < 0) {
        throw new IllegalArgumentException("threads must be at least 0, not " + threads);
      }
      if (memoryMegabytes < 0) {
        throw new IllegalArgumentException("memory_megabytes must be at least 0, not " + memoryMegabytes);
      }
      if (chunkMegabytes < 1 || chunkMegabytes > 1024) {
        throw new IllegalArgumentException("chunk_megabytes must be between 1 and 1024, not " + chunkMegabytes);
      }
    }

    /// That work side by side.
    public int threadCount() {
      return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /// That a decision over the whole corpus may take.
    public long memoryBytes() {
      return memoryMegabytes == 0 ? Runtime.getRuntime().maxMemory() / 2 : (long) memoryMegabytes << 20;
    }

    long chunkBytes() {
      return (long) chunkMegabytes << 20;
    }
  }
}
