package dev.athanor.tokenizer.pipeline;

/// Which names of added tokens in a text stand for those tokens.
public enum Names {
  ALL,
  /// Those of control tokens are ordinary text.
  NOT_SPECIAL,
  NONE
}
