package dev.athanor.cli.bench;

import dev.athanor.inference.EngineStatistics;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.inference.Sampling;
import java.util.List;
import java.util.Optional;

/// An engine in this process: the times are those at which it has a token. No token ends a text, so that all are as long as was asked.
public record EngineTarget(Generator generator, Sampling sampling) implements Target {
  @Override
  public void ask(int[] promptIds, int tokens, Listener listener) {
    GenerationRequest request = new GenerationRequest(promptIds, tokens, sampling, new int[0], List.of(), -1);
    generator.submit(
        request,
        event -> {
          switch (event) {
            case GenerationEvent.Text text -> listener.tokens(text.tokens().size());
            case GenerationEvent.Finished end -> listener.ended(end.completionTokens(), null);
            case GenerationEvent.Failed failed -> listener.ended(-1, String.valueOf(failed.cause().getMessage()));
          }
        });
  }

  @Override
  public int vocabSize() {
    return Math.min(generator.spec().vocabSize(), generator.tokenizer().vocabSize());
  }

  @Override
  public int contextLength() {
    return generator.spec().contextLength();
  }

  @Override
  public Optional<EngineStatistics> statistics() {
    return generator.statistics();
  }

  @Override
  public void close() {
    generator.close();
  }
}
