package dev.athanor.bench;

import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Requests asked of an engine, and when their tokens came.
final class Answers {
  /// @param firstNanos from asking to the first token
  /// @param nanos from asking to the end
  record Answer(long firstNanos, long nanos, int tokens, String text) {}

  private Answers() {}

  /// Asked at once; waits for all of them.
  static List<Answer> together(Generator generator, List<GenerationRequest> requests) {
    List<CompletableFuture<Answer>> all = new ArrayList<>();
    for (GenerationRequest request : requests) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      generator.submit(request, listener(answer));
      all.add(answer);
    }
    return all.stream().map(CompletableFuture::join).toList();
  }

  static Answer one(Generator generator, GenerationRequest request) {
    return together(generator, List.of(request)).getFirst();
  }

  private static Consumer<GenerationEvent> listener(CompletableFuture<Answer> answer) {
    long start = System.nanoTime();
    long[] first = {0};
    StringBuilder text = new StringBuilder();
    return event -> {
      switch (event) {
        case Text more -> {
          first[0] = first[0] == 0 ? System.nanoTime() - start : first[0];
          text.append(more.text());
        }
        case Finished end -> answer.complete(new Answer(first[0], System.nanoTime() - start, end.completionTokens(), text.toString()));
        case Failed failed -> answer.completeExceptionally(failed.cause());
      }
    };
  }
}
