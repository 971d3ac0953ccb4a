package dev.athanor.cli.bench;

import dev.athanor.inference.EngineStatistics;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What answers the requests of a load: an engine in this process, or a server.
public interface Target extends AutoCloseable {
  /// Hears of one request, from any thread, in order.
  interface Listener {
    /// More tokens have come.
    void tokens(int count);

    /// It has ended.
    ///
    /// @param tokens written in all; −1 where that is not told
    /// @param failure null when it went well
    void ended(int tokens, @Nullable String failure);
  }

  /// Asks and returns at once.
  ///
  /// @param promptIds token ids; a server is sent as many words
  void ask(int[] promptIds, int tokens, Listener listener);

  /// Ids that a prompt may hold are below it.
  int vocabSize();

  /// Tokens of a prompt and its answer together, at most.
  int contextLength();

  /// What the engine has done since it began; empty where that is not known.
  Optional<EngineStatistics> statistics();

  @Override
  void close();
}
