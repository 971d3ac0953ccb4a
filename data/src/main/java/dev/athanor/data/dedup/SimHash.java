package dev.athanor.data.dedup;

import java.util.function.LongConsumer;

/// A fingerprint of which bit j says whether most of a bag's hashes have bit j: bags at a small angle differ in few bits. Charikar,
/// "Similarity estimation techniques from rounding algorithms", STOC 2002.
///
/// The 64 counters are kept as planes: plane k holds bit k of all of them, so a hash is added to all by a few operations.
final class SimHash implements LongConsumer {
  private final long[] planes = new long[40];
  private long count;

  @Override
  public void accept(long hash) {
    count++;
    long carry = hash;
    for (int k = 0; carry != 0; k++) {
      long plane = planes[k];
      planes[k] = plane ^ carry;
      carry &= plane;
    }
  }

  /// How many hashes were taken.
  long count() {
    return count;
  }

  /// Of the hashes taken so far: a bit is set that more than half of them have. Begins another bag.
  long fingerprint() {
    // Plane by plane from the highest: which counters are above half, which are equal so far.
    long half = count / 2;
    long above = 0;
    long equal = -1;
    for (int k = planes.length - 1; k >= 0; k--) {
      long bit = (half >>> k & 1) == 0 ? 0 : -1;
      above |= equal & planes[k] & ~bit;
      equal &= ~(planes[k] ^ bit);
      planes[k] = 0;
    }
    count = 0;
    return above;
  }
}
