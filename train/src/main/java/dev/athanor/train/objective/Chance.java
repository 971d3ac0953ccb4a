package dev.athanor.train.objective;

import dev.athanor.data.SplitMix64;
import java.util.Arrays;

/// The chance in an objective, drawn from (seed, number) and from nothing else. Not thread-safe: one for each row.
final class Chance {
  private final SplitMix64 random;

  private Chance(long state) {
    random = new SplitMix64(state);
  }

  static Chance of(long seed, long number) {
    return new Chance(SplitMix64.mix(SplitMix64.mix(seed + 1) + number));
  }

  /// In [0, 1).
  double uniform() {
    return (random.next() >>> 11) * 0x1p-53;
  }

  /// In [0, bound).
  int below(int bound) {
    return random.below(bound);
  }

  boolean happens(double probability) {
    return uniform() < probability;
  }

  /// One of the two whole numbers around a share of a count, so that the mean is the share itself; all or none where it is 1 or 0.
  int share(double rate, int count) {
    return Math.min(count, (int) (rate * count + uniform()));
  }

  /// `count` different numbers below `bound`, ascending; every set is equally likely. Floyd's algorithm: Bentley and Floyd,
  /// "Programming pearls: a sample of brilliance", CACM 30(9), 1987.
  int[] sample(int count, int bound) {
    boolean[] taken = new boolean[bound];
    int[] sample = new int[count];
    for (int i = 0; i < count; i++) {
      int last = bound - count + i;
      int candidate = below(last + 1);
      sample[i] = taken[candidate] ? last : candidate;
      taken[sample[i]] = true;
    }
    Arrays.sort(sample);
    return sample;
  }

  /// The numbers below `count` in an order of which every one is equally likely. Fisher and Yates.
  int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /// Lengths, none zero, that add up to `items`; every such partition is equally likely.
  ///
  /// @param parts from 1 to `items`
  int[] partition(int items, int parts) {
    int[] cuts = sample(parts - 1, items - 1);
    int[] lengths = new int[parts];
    int begin = 0;
    for (int i = 0; i < parts; i++) {
      int end = i < cuts.length ? cuts[i] + 1 : items;
      lengths[i] = end - begin;
      begin = end;
    }
    return lengths;
  }

  /// By multiplying uniform numbers until they fall below e^−λ: about λ draws, for small λ. Knuth, TAOCP vol. 2, 3.4.1.
  int poisson(double lambda) {
    double limit = Math.exp(-lambda);
    int count = 0;
    for (double product = uniform(); product > limit; product *= uniform()) {
      count++;
    }
    return count;
  }
}
