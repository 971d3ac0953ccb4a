package dev.athanor.cli;

import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// One generation, heard on the caller's own thread: a slow terminal does not hold up the engine.
final class Generating {
  private Generating() {}

  /// Returns when it has ended; an interrupt of the calling thread or Ctrl-C cancels it.
  static Finished run(Generator generator, GenerationRequest request, Consumer<Text> listener) {
    BlockingQueue<GenerationEvent> events = new LinkedBlockingQueue<>();
    Generator.Generation generation = generator.submit(request, events::add);
    try (var _ = CtrlC.does(generation::cancel)) {
      while (true) {
        switch (take(events, generation)) {
          case Text text -> listener.accept(text);
          case Finished finished -> {
            return finished;
          }
          case GenerationEvent.Failed failed -> throw unchecked(failed.cause());
        }
      }
    }
  }

  private static GenerationEvent take(BlockingQueue<GenerationEvent> events, Generator.Generation generation) {
    boolean interrupted = false;
    while (true) {
      try {
        GenerationEvent event = events.take();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return event;
      } catch (InterruptedException e) {
        // The generator still says that it has finished.
        interrupted = true;
        generation.cancel();
      }
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException("the generation failed", cause);
  }
}
