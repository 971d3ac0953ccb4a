package dev.athanor.tokenizer.unigram;

import java.util.Comparator;
import java.util.stream.IntStream;

/// Choices among pieces.
final class Keep {
  private Keep() {}

  /// Marks more, those with the highest value first, of equal ones that which comes first, until `least` are marked or all.
  static void atLeast(boolean[] kept, double[] values, int least) {
    int size = 0;
    for (boolean one : kept) {
      size += one ? 1 : 0;
    }
    if (size >= least) {
      return;
    }
    IntStream.range(0, kept.length)
        .filter(i -> !kept[i])
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -values[i]).thenComparingInt(i -> i))
        .limit((long) least - size)
        .forEach(i -> kept[i] = true);
  }
}
