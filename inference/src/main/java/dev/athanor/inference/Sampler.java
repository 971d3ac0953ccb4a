package dev.athanor.inference;

import dev.athanor.inference.GenerationEvent.Alternative;
import dev.athanor.inference.GenerationEvent.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Draws one request's tokens. One draw of its own seeded generator a token, so that equal seeds give equal texts whatever
/// else runs. The order is temperature, then top-k, then top-p, as in the published library.
final class Sampler {
  private final Sampling sampling;
  private final int topLogprobs;
  private final SplittableRandom random;

  /// @param topLogprobs as in `GenerationRequest`
  Sampler(Sampling sampling, int topLogprobs) {
    this.sampling = sampling;
    this.topLogprobs = topLogprobs;
    this.random = new SplittableRandom(sampling.seed());
  }

  /// The next token, from `n` logits at logits[at…].
  ///
  /// @throws ArithmeticException when the logits are not numbers
  Token next(float[] logits, int at, int n) {
    float max = Kernels.max(logits, at, n);
    if (!Float.isFinite(max)) {
      throw new ArithmeticException("the model's logits are not finite: its weights are damaged or overflow");
    }
    int id = sampling.temperature() == 0 ? first(logits, at, n, max) : draw(logits, at, n, max);
    if (topLogprobs < 0) {
      return new Token(id, Float.NaN, List.of());
    }
    double normaliser = Kernels.logSumExp(logits, at, n);
    List<Alternative> top = new ArrayList<>();
    for (int best : best(logits, at, n, Math.min(topLogprobs, n))) {
      top.add(new Alternative(best, (float) (logits[at + best] - normaliser)));
    }
    return new Token(id, (float) (logits[at + id] - normaliser), List.copyOf(top));
  }

  private static int first(float[] logits, int at, int n, float value) {
    for (int i = 0; i < n; i++) {
      if (logits[at + i] == value) {
        return i;
      }
    }
    throw new AssertionError("the maximum is one of the logits");
  }

  private int draw(float[] logits, int at, int n, float max) {
    double[] weights = new double[n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      weights[i] = Math.exp((logits[at + i] - max) / sampling.temperature());
      total += weights[i];
    }
    boolean filtered = sampling.topP() < 1 || (sampling.topK() > 0 && sampling.topK() < n);
    return filtered ? drawFiltered(logits, at, weights, total) : drawAll(weights, total);
  }

  private int drawAll(double[] weights, double total) {
    double left = random.nextDouble() * total;
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        left -= weights[i];
        if (left < 0) {
          return i;
        }
      }
    }
    return last;
  }

  /// Walks the candidates from the most likely on until they hold `topP` of what top-k leaves.
  private int drawFiltered(float[] logits, int at, double[] weights, double total) {
    int[] order = sorted(logits, at, weights, total);
    int kept = sampling.topK() > 0 ? Math.min(sampling.topK(), order.length) : order.length;
    double left = sampling.topK() > 0 ? 0 : total;
    for (int i = 0; sampling.topK() > 0 && i < kept; i++) {
      left += weights[order[i]];
    }
    double wanted = sampling.topP() * left;
    double mass = 0;
    int nucleus = 0;
    while (nucleus < kept && (nucleus == 0 || mass < wanted)) {
      mass += weights[order[nucleus++]];
    }
    double point = random.nextDouble() * mass;
    for (int i = 0; i < nucleus; i++) {
      point -= weights[order[i]];
      if (point < 0) {
        return order[i];
      }
    }
    return order[nucleus - 1];
  }

  /// Ids from the most likely on. Without top-k, tokens that are less likely than (1 − topP) / n are left out before the
  /// sort: all of them together hold less than 1 − topP, so none is in the nucleus.
  private int[] sorted(float[] logits, int at, double[] weights, double total) {
    if (sampling.topK() > 0) {
      return best(logits, at, weights.length, Math.min(sampling.topK(), weights.length));
    }
    double least = (1 - sampling.topP()) * total / weights.length;
    long[] keys = new long[weights.length];
    int count = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] >= least) {
        keys[count++] = key(logits[at + i], i);
      }
    }
    Arrays.sort(keys, 0, count);
    return ids(keys, count);
  }

  /// The `count` largest logits' ids, best first, the lowest id among equals.
  private static int[] best(float[] logits, int at, int n, int count) {
    long[] keys = new long[n];
    for (int i = 0; i < n; i++) {
      keys[i] = key(logits[at + i], i);
    }
    if (count < n / 64) {
      return ids(smallest(keys, count), count);
    }
    Arrays.sort(keys);
    return ids(keys, count);
  }

  /// A sorted list of the smallest keys so far; most keys are larger than its last and cost one comparison.
  private static long[] smallest(long[] keys, int count) {
    long[] best = new long[count];
    int filled = 0;
    for (long key : keys) {
      if (filled < count || (count > 0 && key < best[count - 1])) {
        int place = filled < count ? filled++ : count - 1;
        for (; place > 0 && best[place - 1] > key; place--) {
          best[place] = best[place - 1];
        }
        best[place] = key;
      }
    }
    return best;
  }

  /// Orders by falling logit, then by rising id.
  private static long key(float logit, int id) {
    // −0 and 0 are equal logits.
    int bits = Float.floatToIntBits(logit + 0f);
    int rising = bits ^ ((bits >> 31) & 0x7fffffff);
    return ((long) ~rising << 32) | id;
  }

  private static int[] ids(long[] keys, int count) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (int) keys[i];
    }
    return ids;
  }
}
