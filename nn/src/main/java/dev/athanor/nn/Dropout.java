package dev.athanor.nn;

import dev.athanor.tensor.Tensor;
import java.util.SplittableRandom;

/// Sets a share of values to zero and scales up the rest, so that no unit relies on another. Srivastava et al.,
/// https://jmlr.org/papers/v15/srivastava14a.html
///
/// What is dropped is a pure function of the seed and the place, not of which thread runs it: a block that is run again in
/// backward drops the same, and a resumed run goes on as if it had not stopped.
public record Dropout(double rate, long seed) {
  public static final Dropout NONE = new Dropout(0, 0);

  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), not " + rate);
    }
  }

  /// The same rate, other places.
  public Dropout reseeded(long step) {
    return rate == 0 ? this : new Dropout(rate, new SplittableRandom(seed ^ (step * 0x9E3779B97F4A7C15L)).nextLong());
  }

  /// @param place tells one use in a pass from the others
  Tensor apply(Tensor x, int place) {
    if (rate == 0) {
      return x;
    }
    SplittableRandom random = new SplittableRandom(seed + 0x632BE59BD9B4E019L * (place + 1));
    float[] mask = new float[Math.toIntExact(x.count())];
    float kept = (float) (1 / (1 - rate));
    // 53 of 64 bits would be wasted on a decision: four from each draw.
    int threshold = (int) Math.round(rate * 65536);
    for (int i = 0; i < mask.length; i += 4) {
      long bits = random.nextLong();
      for (int j = i; j < Math.min(mask.length, i + 4); j++, bits >>>= 16) {
        mask[j] = (bits & 0xffff) < threshold ? 0 : kept;
      }
    }
    return x.mul(Tensor.of(mask, x.shape()));
  }
}
