package dev.athanor.inference;

/// What mixes positions, or transforms each by itself, between the residual stream's `in` and its `out`. Its members have met when
/// they begin; when it returns, the member's own rows of `out` are written.
sealed interface BlockPart permits AttentionPart, MambaPart, Mamba2Part, GatedPart, PlainPart, ExpertsPart {
  void run(Share share);
}
