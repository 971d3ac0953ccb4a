package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.tokenizer.Tokenizer;
import java.util.Optional;
import java.util.function.Consumer;

/// What the server, the evaluator, the terminal chat and later the RL rollouts drive. Thread-safe.
public interface Generator extends AutoCloseable {
  DecoderSpec spec();

  Tokenizer tokenizer();

  /// Queues a request and returns at once; events reach `listener` as tokens come.
  ///
  /// @throws dev.athanor.base.UserException when the prompt is empty, longer than the context allows (with both counts) or
  ///     holds an id outside the vocabulary
  Generation submit(GenerationRequest request, Consumer<GenerationEvent> listener);

  /// Requests that run and that wait.
  Load load();

  /// What it has done and holds; empty where that is not known.
  default Optional<EngineStatistics> statistics() {
    return Optional.empty();
  }

  /// Takes no new request, ends the running ones and frees the model.
  @Override
  void close();

  /// A request under way.
  interface Generation {
    /// Stops it before its next token; the listener hears `Finished(CANCELLED)`.
    void cancel();
  }

  record Load(int running, int waiting) {}
}
