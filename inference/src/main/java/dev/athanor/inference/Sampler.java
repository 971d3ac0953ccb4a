package dev.athanor.inference;

import dev.athanor.inference.GenerationEvent.Alternative;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.inference.grammar.Constraint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Draws one request's tokens, in the order that [Sampling] states, with a noise that the seed and the place in the text decide: equal
/// seeds give equal texts whatever else runs. Log-probabilities are the model's own, before any of it.
final class Sampler {
  static final String NOT_FINITE = "the model's logits are not finite: its weights are damaged or overflow";

  private final Sampling sampling;
  private final int topLogprobs;
  private final Constraint.@Nullable State constraint;
  private final @Nullable TokenCounts counts;
  private final int[] biasedIds;
  private final float[] biases;
  /// Tokens drawn so far.
  private int drawn;
  /// What the changed logits were.
  private float[] before = new float[0];

  /// @param topLogprobs as in `GenerationRequest`
  /// @param promptIds what the repetition penalty counts beside what is drawn
  /// @param constraint at the answer's beginning; this moves it on
  Sampler(Sampling sampling, int topLogprobs, int[] promptIds, Constraint.@Nullable State constraint) {
    this.sampling = sampling;
    this.topLogprobs = topLogprobs;
    this.constraint = constraint;
    this.counts = sampling.countsTokens() ? new TokenCounts() : null;
    if (counts != null && sampling.repetitionPenalty() != 1) {
      for (int id : promptIds) {
        counts.see(id);
      }
    }
    biasedIds = new int[sampling.logitBias().size()];
    biases = new float[biasedIds.length];
    int n = 0;
    for (Map.Entry<Integer, Float> bias : sampling.logitBias().entrySet()) {
      biasedIds[n] = bias.getKey();
      biases[n++] = bias.getValue();
    }
  }

  Sampler(Sampling sampling, int topLogprobs) {
    this(sampling, topLogprobs, new int[0], null);
  }

  /// The answer is whole and nothing may follow it.
  boolean mustEnd() {
    return constraint != null && constraint.mustEnd();
  }

  /// The next token, from `n` logits at logits[at…]. They are changed on the way and put back.
  ///
  /// @throws ArithmeticException when the logits are not numbers
  Token next(float[] logits, int at, int n) {
    if (!Float.isFinite(Kernels.max(logits, at, n))) {
      throw new ArithmeticException(NOT_FINITE);
    }
    int id = adjustedPick(logits, at, n);
    drawn++;
    if (counts != null) {
      counts.draw(id);
    }
    if (constraint != null) {
      constraint.accept(id);
    }
    if (topLogprobs < 0) {
      return new Token(id, Float.NaN, List.of());
    }
    double normaliser = Kernels.logSumExp(logits, at, n);
    List<Alternative> top = new ArrayList<>();
    int count = Math.min(topLogprobs, n);
    long[] best = Draw.ofThisThread().best(logits, at, n, count);
    for (int i = 0; i < count; i++) {
      int one = (int) best[i];
      top.add(new Alternative(one, (float) (logits[at + one] - normaliser)));
    }
    return new Token(id, (float) (logits[at + id] - normaliser), List.copyOf(top));
  }

  private int adjustedPick(float[] logits, int at, int n) {
    if (!sampling.adjusts()) {
      return pick(logits, at, n);
    }
    int changed = penalise(logits, at, n);
    try {
      for (int i = 0; i < biasedIds.length; i++) {
        if (biasedIds[i] >= 0 && biasedIds[i] < n) {
          keep(changed++, logits[at + biasedIds[i]]);
          logits[at + biasedIds[i]] += biases[i];
        }
      }
      return pick(logits, at, n);
    } finally {
      restore(logits, at, n, changed);
    }
  }

  private void keep(int index, float value) {
    if (index == before.length) {
      before = Arrays.copyOf(before, Math.max(64, 2 * index));
    }
    before[index] = value;
  }

  /// How many logits it has changed.
  private int penalise(float[] logits, int at, int n) {
    int changed = 0;
    TokenCounts all = counts;
    for (int place = 0; all != null && place < all.places(); place++) {
      int id = all.id(place);
      if (id < 0 || id >= n) {
        continue;
      }
      float logit = logits[at + id];
      keep(changed++, logit);
      double penalised = logit > 0 ? logit / sampling.repetitionPenalty() : logit * sampling.repetitionPenalty();
      int drawn = all.drawn(place);
      penalised -= drawn * sampling.frequencyPenalty() + (drawn > 0 ? sampling.presencePenalty() : 0);
      logits[at + id] = (float) penalised;
    }
    return changed;
  }

  /// The last change first: a biased token may be a penalised one too.
  private void restore(float[] logits, int at, int n, int changed) {
    int left = changed;
    for (int i = biasedIds.length - 1; i >= 0; i--) {
      if (biasedIds[i] >= 0 && biasedIds[i] < n) {
        logits[at + biasedIds[i]] = before[--left];
      }
    }
    TokenCounts all = counts;
    for (int place = all == null ? -1 : all.places() - 1; all != null && place >= 0; place--) {
      if (all.id(place) >= 0 && all.id(place) < n) {
        logits[at + all.id(place)] = before[--left];
      }
    }
  }

  private int pick(float[] logits, int at, int n) {
    if (constraint == null) {
      return free(logits, at, n, drawn);
    }
    long[] mask = constraint.mask();
    return sampling.greedy()
        ? firstAllowed(mask, logits, at, n)
        : Draw.ofThisThread().allowed(sampling, Noise.of(sampling.seed(), drawn), mask, logits, at, n);
  }

  /// What another model's logits would give for a place that is still to come, leaving penalties, bias and constraint aside.
  ///
  /// @param ahead of the next token
  int guess(float[] logits, int at, int n, int ahead) {
    return free(logits, at, n, drawn + ahead);
  }

  private int free(float[] logits, int at, int n, int place) {
    return sampling.greedy()
        ? first(logits, at, n)
        : Draw.ofThisThread().from(sampling, Noise.of(sampling.seed(), place), logits, at, n);
  }

  private static int first(float[] logits, int at, int n) {
    float max = Kernels.max(logits, at, n);
    for (int i = 0; i < n; i++) {
      if (logits[at + i] == max) {
        return i;
      }
    }
    throw new ArithmeticException("the logits are not numbers");
  }

  private static int firstAllowed(long[] mask, float[] logits, int at, int n) {
    int best = -1;
    for (int word = 0; word < mask.length && 64 * word < n; word++) {
      for (long left = mask[word]; left != 0; left &= left - 1) {
        int id = 64 * word + Long.numberOfTrailingZeros(left);
        if (id < n && (best < 0 || logits[at + id] > logits[at + best])) {
          best = id;
        }
      }
    }
    if (best < 0) {
      throw new IllegalStateException("the constraint allows no token of the model");
    }
    return best;
  }
}
