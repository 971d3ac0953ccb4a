package dev.athanor.data.spill;

import java.util.Arrays;

/// Sorts pairs in memory, by key as an unsigned number, then by value as a signed one.
///
/// Keys are parted by their highest byte that differs anywhere, and the 256 parts are sorted side by side: again by the next byte,
/// from one pair of arrays into the other and back, down to parts of a few pairs, which are inserted in place. Equal keys
/// lie together in the end, and their values are sorted as numbers. Time is linear in the pairs for keys that are hashes, and
/// never more than eight passes and one sort of numbers.
final class RadixSort {
  private static final int RADIX = 256;
  private static final int SMALL = 32;
  /// Fewer pairs are sorted before threads have started.
  private static final int WORTH_THREADS = 1 << 14;

  private RadixSort() {}

  static void sort(long[] keys, long[] values, int count, int threads) {
    long differing = 0;
    for (int i = 1; i < count; i++) {
      differing |= keys[i] ^ keys[0];
    }
    int shift = Math.max(0, 56 - Long.numberOfLeadingZeros(differing));
    var keysBeside = new long[count];
    var valuesBeside = new long[count];
    int[] ends = part(keys, values, keysBeside, valuesBeside, 0, count, shift);
    Workers.each(
        count < WORTH_THREADS ? 1 : threads,
        RADIX,
        digit -> {
          int from = digit == 0 ? 0 : ends[digit - 1];
          sort(keysBeside, valuesBeside, keys, values, from, ends[digit], shift == 0 ? -8 : Math.max(0, shift - 8), false);
        });
  }

  /// Sorts a range of `keys` and `values`; the outcome lies there, or at the same place in `keys2` and `values2`.
  ///
  /// @param shift of the next byte to look at; below 0 where all keys are the same
  private static void sort(
      long[] keys, long[] values, long[] keys2, long[] values2, int from, int to, int shift, boolean here) {
    if (to - from <= SMALL || shift < 0) {
      if (to - from <= SMALL) {
        insert(keys, values, from, to);
      } else {
        Arrays.sort(values, from, to);
      }
      if (!here) {
        System.arraycopy(keys, from, keys2, from, to - from);
        System.arraycopy(values, from, values2, from, to - from);
      }
      return;
    }
    int[] ends = part(keys, values, keys2, values2, from, to, shift);
    int next = shift == 0 ? -8 : Math.max(0, shift - 8);
    int start = from;
    for (int digit = 0; digit < RADIX; digit++) {
      if (ends[digit] > start) {
        sort(keys2, values2, keys, values, start, ends[digit], next, !here);
        start = ends[digit];
      }
    }
  }

  /// Copies a range in the order of one byte of the keys.
  ///
  /// @return where each byte's pairs end
  private static int[] part(long[] keys, long[] values, long[] toKeys, long[] toValues, int from, int to, int shift) {
    var places = new int[RADIX];
    for (int i = from; i < to; i++) {
      places[(int) (keys[i] >>> shift) & (RADIX - 1)]++;
    }
    int start = from;
    for (int digit = 0; digit < RADIX; digit++) {
      int size = places[digit];
      places[digit] = start;
      start += size;
    }
    for (int i = from; i < to; i++) {
      int place = places[(int) (keys[i] >>> shift) & (RADIX - 1)]++;
      toKeys[place] = keys[i];
      toValues[place] = values[i];
    }
    return places;
  }

  private static void insert(long[] keys, long[] values, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long key = keys[i];
      long value = values[i];
      int at = i;
      while (at > from && after(keys[at - 1], values[at - 1], key, value)) {
        keys[at] = keys[at - 1];
        values[at] = values[at - 1];
        at--;
      }
      keys[at] = key;
      values[at] = value;
    }
  }

  /// Whether the first pair comes after the second.
  static boolean after(long key, long value, long otherKey, long otherValue) {
    return key == otherKey ? value > otherValue : key + Long.MIN_VALUE > otherKey + Long.MIN_VALUE;
  }
}
