package dev.athanor.cli.quantize;

import dev.athanor.base.Progress;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Runner;
import dev.athanor.inference.Slice;
import java.util.List;

/// How far a copy of a decoder is from the original on texts, token by token.
///
/// A text longer than the context is taken in windows, each half a context further than the one before, as [dev.athanor.eval.WindowedScores] does.
///
/// @param tokens that were predicted
/// @param originalLoss of the original, the mean of −ln p(token), in nats
/// @param loss of the copy
/// @param kl the mean of KL(original ‖ copy) in nats
/// @param agreement the share of tokens where both find the same one likeliest
public record Divergence(long tokens, double originalLoss, double loss, double kl, double agreement) {
  /// Tokens that are fed together.
  private static final int TOGETHER = 64;

  public double originalPerplexity() {
    return Math.exp(originalLoss);
  }

  public double perplexity() {
    return Math.exp(loss);
  }

  /// How much worse the copy's perplexity is, as a share of the original's.
  public double perplexityRise() {
    return Math.exp(loss - originalLoss) - 1;
  }

  /// @param texts token ids, each of at least two
  /// @param progress counts predicted tokens
  public static Divergence between(Runner original, Runner copy, List<int[]> texts, Progress.Task progress) {
    if (original.spec().vocabSize() != copy.spec().vocabSize()) {
      throw new IllegalArgumentException("models of different vocabularies");
    }
    Sums sums = new Sums(original.spec().vocabSize());
    int context = Math.min(original.spec().contextLength(), copy.spec().contextLength());
    for (int[] ids : texts) {
      for (int from = 0, scored = 1; scored < ids.length; from += context / 2) {
        int to = Math.min(from + context, ids.length);
        window(original, copy, ids, from, to, scored, sums);
        progress.advance(to - scored);
        scored = to;
      }
    }
    return sums.divergence();
  }

  /// @param scored the first token whose prediction counts
  private static void window(Runner original, Runner copy, int[] ids, int from, int to, int scored, Sums sums) {
    try (KvCache first = original.newCache();
        KvCache second = copy.newCache()) {
      first.expect(to - from);
      second.expect(to - from);
      for (int at = from; at < to - 1; at += TOGETHER) {
        int end = Math.min(at + TOGETHER, to - 1);
        int wanted = Math.clamp((long) end - scored + 1, 0, end - at);
        Logits a = original.forward(List.of(new Slice(first, ids, at, end, wanted)));
        Logits b = copy.forward(List.of(new Slice(second, ids, at, end, wanted)));
        for (int i = 0; i < wanted; i++) {
          sums.add(a.data(), a.row(i), b.data(), b.row(i), ids[end - wanted + i + 1]);
        }
      }
    }
  }

  private static final class Sums {
    private final int columns;
    private long tokens;
    private double originalLoss;
    private double loss;
    private double kl;
    private long same;

    Sums(int columns) {
      this.columns = columns;
    }

    void add(float[] a, int aRow, float[] b, int bRow, int token) {
      int aBest = best(a, aRow);
      int bBest = best(b, bRow);
      double aNorm = norm(a, aRow, a[aRow + aBest]);
      double bNorm = norm(b, bRow, b[bRow + bBest]);
      double divergence = 0;
      for (int i = 0; i < columns; i++) {
        double logA = a[aRow + i] - aNorm;
        divergence += Math.exp(logA) * (logA - (b[bRow + i] - bNorm));
      }
      kl += Math.max(0, divergence);
      originalLoss += aNorm - a[aRow + token];
      loss += bNorm - b[bRow + token];
      same += aBest == bBest ? 1 : 0;
      tokens++;
    }

    private int best(float[] logits, int row) {
      int best = 0;
      for (int i = 1; i < columns; i++) {
        if (logits[row + i] > logits[row + best]) {
          best = i;
        }
      }
      return best;
    }

    /// ln Σ exp
    private double norm(float[] logits, int row, double most) {
      double sum = 0;
      for (int i = 0; i < columns; i++) {
        sum += Math.exp(logits[row + i] - most);
      }
      return most + Math.log(sum);
    }

    Divergence divergence() {
      return new Divergence(tokens, originalLoss / tokens, loss / tokens, kl / tokens, (double) same / tokens);
    }
  }
}
