package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.Consumer;

/// A generator seen under one of its adapters: what a model of its own is to whoever asks.
///
/// @param base computes the requests; its owner closes it
/// @param adapter the name under which the base has it loaded
public record Adapted(Generator base, String adapter) implements Generator {
  @Override
  public DecoderSpec spec() {
    return base.spec();
  }

  @Override
  public Tokenizer tokenizer() {
    return base.tokenizer();
  }

  @Override
  public Generation submit(GenerationRequest request, Consumer<GenerationEvent> listener) {
    return base.submit(request.adaptedBy(adapter), listener);
  }

  @Override
  public List<Generation> submitAll(GenerationRequest request, List<Consumer<GenerationEvent>> listeners) {
    return base.submitAll(request.adaptedBy(adapter), listeners);
  }

  /// Its requests count with the base's.
  @Override
  public Load load() {
    return new Load(0, 0);
  }

  @Override
  public void close() {}
}
