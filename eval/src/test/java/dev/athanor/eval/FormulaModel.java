package dev.athanor.eval;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.LanguageModel;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import java.util.ArrayList;
import java.util.List;

/// A language model whose scores are a formula of the sequence and the place; keeps what it was asked.
final class FormulaModel implements LanguageModel {
  final List<Integer> batches = new ArrayList<>();
  private final DecoderSpec spec;
  private final Formula formula;

  interface Formula {
    /// The natural-log probability of `ids[at]` given those before it.
    double logProb(int[] ids, int at);
  }

  FormulaModel(int contextLength, Formula formula) {
    this.formula = formula;
    spec =
        DecoderSpec.uniform(
            257,
            8,
            1,
            contextLength,
            new Mixer.Attention(1, 1, 8, new Rope(10_000), false, false),
            new FeedForward.Gated(8),
            new Norm.Rms(1e-6),
            true);
  }

  static FormulaModel uniform(int contextLength) {
    return new FormulaModel(contextLength, (ids, at) -> -Math.log(257));
  }

  @Override
  public DecoderSpec spec() {
    return spec;
  }

  @Override
  public List<float[]> score(List<int[]> sequences) {
    batches.add(sequences.size());
    return sequences.stream().map(this::score).toList();
  }

  private float[] score(int[] ids) {
    if (ids.length < 1 || ids.length > spec.contextLength()) {
      throw new IllegalArgumentException("sequence of " + ids.length);
    }
    float[] scores = new float[ids.length - 1];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) formula.logProb(ids, i + 1);
    }
    return scores;
  }

  @Override
  public void close() {}
}
