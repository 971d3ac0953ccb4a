package dev.athanor.tokenizer.pipeline;

/// A step from tokens to text, which begins anew with every text.
@FunctionalInterface
interface Decoder {
  Decoding begin(Decoding next);
}
