package dev.athanor.tokenizer.pipeline;

import java.util.function.Consumer;

/// Cuts a piece that is not empty into pieces, and may change them. Empty ones are dropped by whoever takes them.
@FunctionalInterface
interface PreTokenizer {
  void cut(Text piece, Consumer<Text> out);
}
