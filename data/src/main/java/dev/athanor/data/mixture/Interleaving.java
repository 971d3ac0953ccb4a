package dev.athanor.data.mixture;

/// Groups laid one into another, each as evenly as can be: the k-th of n things of a group stands at (k + ½) / n of the way, and equal
/// places go by the group's number. So any stretch holds the groups by their counts, to within less than a thing a group, and who stands
/// at a place is told by bisection, without going through those before. Immutable.
public final class Interleaving {
  private final long[] counts;
  private final long size;

  /// @param counts things of each group, not negative, at least one in all
  public Interleaving(long[] counts) {
    this.counts = counts.clone();
    long sum = 0;
    for (long count : counts) {
      if (count < 0) {
        throw new IllegalArgumentException("a group has " + count + " things");
      }
      sum = Math.addExact(sum, count);
    }
    if (sum == 0 || sum > 1L << 61) {
      throw new IllegalArgumentException("1 to 2^61 things can be interleaved, not " + sum);
    }
    size = sum;
  }

  /// @param turn which of the group's things it is, from 0
  public record Place(int group, long turn) {}

  public long size() {
    return size;
  }

  public long count(int group) {
    return counts[group];
  }

  /// Who stands at a place.
  ///
  /// @param place from 0 to size − 1
  public Place at(long place) {
    if (place < 0 || place >= size) {
      throw new IndexOutOfBoundsException("place " + place + " of " + size);
    }
    // The way is cut into 2⁶⁴ points; the first at which more than `place` things have been passed.
    long before = 0;
    long point = -1;
    while (point - before != 1) {
      long middle = before + ((point - before) >>> 1);
      if (passed(middle) > place) {
        point = middle;
      } else {
        before = middle;
      }
    }
    long skip = place - passed(before);
    for (int g = 0; g < counts.length; g++) {
      long turn = passed(g, before);
      if (passed(g, point) > turn && skip-- == 0) {
        return new Place(g, turn);
      }
    }
    throw new IllegalStateException("no group stands at " + place);
  }

  private long passed(long point) {
    long sum = 0;
    for (int g = 0; g < counts.length; g++) {
      sum += passed(g, point);
    }
    return sum;
  }

  /// ⌊n·point/2⁶⁴ + ½⌋. Between two points next to one another a group passes at most one thing.
  private long passed(int group, long point) {
    return (Math.unsignedMultiplyHigh(point, 2 * counts[group]) + 1) >>> 1;
  }
}
