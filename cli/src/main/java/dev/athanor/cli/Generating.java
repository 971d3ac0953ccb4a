package dev.athanor.cli;

import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator.Generation;
import dev.athanor.inference.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// One generation, heard on the caller's own thread: a slow terminal does not hold up the engine.
final class Generating {
  private Generating() {}

  private record Heard(int choice, GenerationEvent event) {}

  /// Returns when it has ended; an interrupt of the calling thread or Ctrl-C cancels it.
  static Finished run(Generator generator, GenerationRequest request, Consumer<Text> listener) {
    return run(generator, request, 1, (_, text) -> listener.accept(text)).getFirst();
  }

  /// Several texts of one request.
  ///
  /// @param listener hears each text's number, from 0
  static List<Finished> run(
      Generator generator, GenerationRequest request, int choices, BiConsumer<Integer, Text> listener) {
    BlockingQueue<Heard> events = new LinkedBlockingQueue<>();
    List<Consumer<GenerationEvent>> listeners = new ArrayList<>();
    for (int i = 0; i < choices; i++) {
      int choice = i;
      listeners.add(event -> events.add(new Heard(choice, event)));
    }
    List<Generation> generations = generator.submitAll(request, listeners);
    Runnable cancel = () -> generations.forEach(Generation::cancel);
    SortedMap<Integer, Finished> ended = new TreeMap<>();
    try (var _ = CtrlC.does(cancel)) {
      while (ended.size() < choices) {
        Heard heard = take(events, cancel);
        switch (heard.event) {
          case Text text -> listener.accept(heard.choice, text);
          case Finished finished -> ended.put(heard.choice, finished);
          case GenerationEvent.Failed failed -> {
            cancel.run();
            throw unchecked(failed.cause());
          }
        }
      }
    }
    return List.copyOf(ended.values());
  }

  private static Heard take(BlockingQueue<Heard> events, Runnable cancel) {
    boolean interrupted = false;
    while (true) {
      try {
        Heard heard = events.take();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return heard;
      } catch (InterruptedException e) {
        // The generator still says that it has finished.
        interrupted = true;
        cancel.run();
      }
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException("the generation failed", cause);
  }
}
