package dev.athanor.cli.stage;

import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.inference.Sampling;
import dev.athanor.tokenizer.ChatMessage;
import dev.athanor.tokenizer.ChatTemplate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Greedy answers of a chat model, one after the other.
final class Answers {
  private final Generator generator;
  private final int maxTokens;

  Answers(Generator generator, int maxTokens) {
    this.generator = generator;
    this.maxTokens = maxTokens;
  }

  /// A question longer than the context loses its beginning.
  String answer(List<ChatMessage> conversation) {
    ChatTemplate template = generator.tokenizer().chatTemplate();
    int[] ids = template.render(conversation, true).ids();
    int room = Math.max(1, generator.spec().contextLength() - Math.min(maxTokens, generator.spec().contextLength() / 2));
    int[] prompt = ids.length <= room ? ids : Arrays.copyOfRange(ids, ids.length - room, ids.length);
    StringBuilder text = new StringBuilder();
    CompletableFuture<String> answer = new CompletableFuture<>();
    generator.submit(
        new GenerationRequest(prompt, maxTokens, Sampling.GREEDY, template.stopIds(), List.of(), -1),
        event -> {
          switch (event) {
            case GenerationEvent.Text more -> text.append(more.text());
            case GenerationEvent.Finished _ -> answer.complete(text.toString());
            case GenerationEvent.Failed failed -> answer.completeExceptionally(failed.cause());
          }
        });
    return answer.join();
  }
}
