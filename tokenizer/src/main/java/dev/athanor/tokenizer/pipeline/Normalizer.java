package dev.athanor.tokenizer.pipeline;

/// Changes text before it is cut.
@FunctionalInterface
interface Normalizer {
  void normalize(Text text);
}
