package dev.athanor.inference;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Draws from logits: temperature, top-k, top-p, min-p, typical, then the token that the noise lifts highest. Holds the room to work in,
/// which grows to the vocabulary once; a thread has one for all of its requests.
final class Draw {
  private static final ThreadLocal<Draw> OF_THREAD = ThreadLocal.withInitial(Draw::new);

  private static final int BINS = 1024;
  private static final int BIN_BITS = 19;
  private static final int ONE = Float.floatToRawIntBits(1);

  private final double[] masses = new double[BINS];
  private float[] weights = new float[0];
  private long[] keys = new long[0];
  private float[] values = new float[0];
  private int[] ids = new int[0];
  private double[] surprises = new double[0];
  private long[] order = new long[0];
  private long[] chosen = new long[0];

  static Draw ofThisThread() {
    return OF_THREAD.get();
  }

  /// Among the ids whose bits are set.
  int allowed(Sampling sampling, Noise noise, long[] mask, float[] logits, int at, int n) {
    if (ids.length < n) {
      ids = new int[n];
      values = new float[n];
    }
    int count = 0;
    for (int word = 0; word < mask.length && 64 * word < n; word++) {
      for (long left = mask[word]; left != 0; left &= left - 1) {
        int id = 64 * word + Long.numberOfTrailingZeros(left);
        if (id < n) {
          ids[count] = id;
          values[count++] = logits[at + id];
        }
      }
    }
    if (count == 0) {
      throw new IllegalStateException("the constraint allows no token of the model");
    }
    return ids[from(sampling, noise, ids, values, 0, count)];
  }

  /// Among all.
  int from(Sampling sampling, Noise noise, float[] logits, int at, int n) {
    return from(sampling, noise, null, logits, at, n);
  }

  /// @param of the tokens that the logits belong to; null where token i has logit i
  /// @return the place among the logits
  private int from(Sampling sampling, Noise noise, int @Nullable [] of, float[] logits, int at, int n) {
    float max = Kernels.max(logits, at, n);
    boolean top = sampling.topP() < 1 || (sampling.topK() > 0 && sampling.topK() < n);
    if (!top && sampling.minP() == 0 && sampling.typicalP() == 1) {
      return highest(sampling.temperature(), noise, of, logits, at, max, n);
    }
    int kept;
    if (sampling.topK() > 0 && sampling.topK() < n) {
      kept = mostLikely(sampling, logits, at, max, n);
    } else {
      weigh(sampling.temperature(), logits, at, max, n);
      if (sampling.topP() < 1 && sampling.minP() == 0 && sampling.typicalP() == 1) {
        return highestKept(sampling.temperature(), noise, of, logits, at, max, nucleus(sampling.topP(), logits, at, n));
      }
      double total = 0;
      for (int i = 0; i < n; i++) {
        total += weights[i];
      }
      // Tokens less likely than (1 − topP) / n hold less than 1 − topP together: none is of the nucleus. For the typical ones alone, what
      // holds less than a billionth together is left out before the sort.
      double share = sampling.topP() < 1 ? 1 - sampling.topP() : 1e-9;
      kept = sorted(logits, at, n, sampling.topP() == 1 && sampling.minP() > 0 ? sampling.minP() : share * total / n);
      kept = sampling.topP() < 1 ? holding(sampling.topP() * total, kept) : kept;
    }
    // The weights of the most likely come first, so those that are likely enough do.
    while (kept > 1 && weights[(int) keys[kept - 1]] < sampling.minP() * weights[(int) keys[0]]) {
      kept--;
    }
    if (sampling.typicalP() < 1) {
      kept = typical(sampling.typicalP(), kept);
    }
    return highestKept(sampling.temperature(), noise, of, logits, at, max, kept);
  }

  private static int highest(
      double temperature, Noise noise, int @Nullable [] of, float[] logits, int at, float max, int n) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int place = 0; place < n; place++) {
      double score = (logits[at + place] - max) / temperature;
      int id = of == null ? place : of[place];
      // The noise itself is dear, and mostly cannot be enough.
      if (noise.mayPass(id, most - score)) {
        score += noise.at(id);
        if (score > most) {
          most = score;
          best = place;
        }
      }
    }
    return best;
  }

  /// Among the first `kept` keys' tokens.
  private int highestKept(
      double temperature, Noise noise, int @Nullable [] of, float[] logits, int at, float max, int kept) {
    int best = (int) keys[0];
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < kept; i++) {
      int place = (int) keys[i];
      double score = (logits[at + place] - max) / temperature;
      int id = of == null ? place : of[place];
      if (noise.mayPass(id, most - score)) {
        score += noise.at(id);
        if (score > most) {
          most = score;
          best = place;
        }
      }
    }
    return best;
  }

  /// Weights of all tokens, the likeliest 1.
  private void weigh(double temperature, float[] logits, int at, float max, int n) {
    room(n);
    float inverse = (float) (1 / temperature);
    for (int i = 0; i < n; i++) {
      weights[i] = (logits[at + i] - max) * inverse;
    }
    Kernels.expMinus(weights, 0, n, 0);
  }

  private void room(int n) {
    if (weights.length < n) {
      weights = new float[Lanes.padded(n)];
    }
    if (keys.length < n) {
      keys = new long[n];
    }
  }

  /// Puts the keys of the top-k and of the top-p among them in order, the most likely first; how many they are.
  private int mostLikely(Sampling sampling, float[] logits, int at, float max, int n) {
    room(n);
    best(logits, at, n, sampling.topK());
    double total = 0;
    for (int i = 0; i < sampling.topK(); i++) {
      int id = (int) keys[i];
      weights[id] = (float) Math.exp((logits[at + id] - max) / sampling.temperature());
      total += weights[id];
    }
    return holding(sampling.topP() * total, sampling.topK());
  }

  /// How many of the first `kept` keys hold a mass together.
  private int holding(double wanted, int kept) {
    double mass = 0;
    int count = 0;
    while (count < kept && (count == 0 || mass < wanted)) {
      mass += weights[(int) keys[count++]];
    }
    return count;
  }

  /// Puts the keys of the most likely tokens that hold a share of the mass, in no order; how many they are. Only those near the border
  /// are sorted.
  private int nucleus(double share, float[] logits, int at, int n) {
    Arrays.fill(masses, 0);
    for (int i = 0; i < n; i++) {
      masses[bin(weights[i])] += weights[i];
    }
    double wanted = 0;
    for (double mass : masses) {
      wanted += share * mass;
    }
    int border = 0;
    double above = 0;
    while (border < BINS - 1 && above + masses[border] < wanted) {
      above += masses[border++];
    }
    // The smallest weight of the border's bin.
    float least = border == BINS - 1 ? 0 : Float.intBitsToFloat(ONE - ((border + 1) << BIN_BITS) + 1);
    int count = 0;
    int near = n;
    for (int i = 0; i < n; i++) {
      if (weights[i] >= least) {
        boolean sure = bin(weights[i]) < border;
        keys[sure ? count++ : --near] = sure ? i : key(logits[at + i], i);
      }
    }
    Arrays.sort(keys, near, n);
    int kept = count;
    for (double mass = above; near < n && (kept == 0 || mass < wanted); near++) {
      mass += weights[(int) keys[near]];
      keys[kept++] = keys[near];
    }
    return kept;
  }

  /// Sixteen to each halving of a weight; the last takes all below.
  private static int bin(float weight) {
    return Math.clamp((ONE - Float.floatToRawIntBits(weight)) >> BIN_BITS, 0, BINS - 1);
  }

  /// Puts the keys of those that weigh enough in order, the most likely first; that one weighs 1.
  private int sorted(float[] logits, int at, int n, double least) {
    int count = 0;
    for (int i = 0; i < n; i++) {
      if (weights[i] >= least) {
        keys[count++] = key(logits[at + i], i);
      }
    }
    Arrays.sort(keys, 0, count);
    return count;
  }

  /// Reorders the first `kept` keys by how far their surprise is from the expected one; how many of them hold the mass.
  private int typical(double mass, int kept) {
    if (surprises.length < kept) {
      surprises = new double[Math.max(kept, 2 * surprises.length)];
      order = new long[surprises.length];
      chosen = new long[surprises.length];
    }
    double total = 0;
    for (int i = 0; i < kept; i++) {
      total += weights[(int) keys[i]];
    }
    double entropy = 0;
    for (int i = 0; i < kept; i++) {
      double p = weights[(int) keys[i]] / total;
      surprises[i] = -Math.log(p);
      entropy += p > 0 ? p * surprises[i] : 0;
    }
    // Positions in order of likelihood sort by distance; the more likely first among equals.
    for (int i = 0; i < kept; i++) {
      int distance = Float.floatToIntBits((float) Math.abs(surprises[i] - entropy));
      order[i] = ((long) distance << 32) | i;
    }
    Arrays.sort(order, 0, kept);
    double held = 0;
    int count = 0;
    while (count < kept && (count == 0 || held < mass * total)) {
      chosen[count] = keys[(int) order[count]];
      held += weights[(int) chosen[count++]];
    }
    System.arraycopy(chosen, 0, keys, 0, count);
    return count;
  }

  /// Keys of the `count` largest logits, best first, the lowest id among equals: an id is a key's lower half.
  long[] best(float[] logits, int at, int n, int count) {
    if (keys.length < n) {
      keys = new long[n];
    }
    if (count >= n / 64) {
      for (int i = 0; i < n; i++) {
        keys[i] = key(logits[at + i], i);
      }
      Arrays.sort(keys, 0, n);
      return keys;
    }
    // A sorted list of the smallest keys so far; most keys are larger than its last and cost one comparison.
    int filled = 0;
    for (int i = 0; i < n; i++) {
      long key = key(logits[at + i], i);
      if (filled < count || (count > 0 && key < keys[count - 1])) {
        int place = filled < count ? filled++ : count - 1;
        for (; place > 0 && keys[place - 1] > key; place--) {
          keys[place] = keys[place - 1];
        }
        keys[place] = key;
      }
    }
    return keys;
  }

  /// Orders by falling logit, then by rising id.
  private static long key(float logit, int id) {
    // −0 and 0 are equal logits.
    int bits = Float.floatToIntBits(logit + 0f);
    int rising = bits ^ ((bits >> 31) & 0x7fffffff);
    return ((long) ~rising << 32) | id;
  }
}
