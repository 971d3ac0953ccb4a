package dev.athanor.model;

import java.util.OptionalDouble;

/// From hidden states to the vocabulary's logits.
///
/// @param tied its matrix is the token embedding's
/// @param softcap logits become `softcap · tanh(logits / softcap)` (Gemma 2)
/// @param scale of the hidden states before the product (T5 with a tied head: hiddenSize^−½)
public record Head(boolean tied, boolean bias, OptionalDouble softcap, double scale) {
  public static Head of(boolean tied) {
    return new Head(tied, false, OptionalDouble.empty(), 1);
  }
}
