package dev.athanor.model;

/// Where a block normalises.
public enum NormPlacement {
  /// `x + part(norm(x))`
  PRE,
  /// `norm(x + part(x))` (Vaswani et al., https://arxiv.org/abs/1706.03762; BERT, BART)
  POST,
  /// `x + norm(part(norm(x)))` (Gemma 2)
  SANDWICH
}
