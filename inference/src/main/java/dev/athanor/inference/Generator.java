package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
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

  /// Queues one request for several texts, one for each listener, which share what is computed of the prompt. Text i is drawn with the
  /// request's seed + i; of a search it is the i-th best.
  ///
  /// @return one for each listener; the texts of a search end together
  default List<Generation> submitAll(GenerationRequest request, List<Consumer<GenerationEvent>> listeners) {
    if (request.beams() != null) {
      throw new UserException("this generator cannot search by beams");
    }
    List<Generation> generations = new ArrayList<>();
    try {
      for (int i = 0; i < listeners.size(); i++) {
        Sampling sampling = request.sampling();
        generations.add(submit(request.drawnBy(sampling.withSeed(sampling.seed() + i)), listeners.get(i)));
      }
    } catch (RuntimeException e) {
      generations.forEach(Generation::cancel);
      throw e;
    }
    return generations;
  }

  /// Requests that run and that wait.
  Load load();

  /// The adapters that requests may name; empty where it takes none.
  default Optional<LoadedAdapters> adapters() {
    return Optional.empty();
  }

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
