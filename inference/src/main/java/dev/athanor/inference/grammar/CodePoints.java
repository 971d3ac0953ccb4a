package dev.athanor.inference.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/// A set of Unicode code points without the surrogates, which no UTF-8 text holds. Immutable.
final class CodePoints {
  private static final int LAST = Character.MAX_CODE_POINT;
  static final CodePoints ALL = new CodePoints(new int[] {0, 0xD7FF, 0xE000, LAST});
  static final CodePoints NONE = new CodePoints(new int[0]);

  /// Pairs of first and last, rising, no two of them touching.
  private final int[] ranges;

  private CodePoints(int[] ranges) {
    this.ranges = ranges;
  }

  static CodePoints of(int codePoint) {
    return range(codePoint, codePoint);
  }

  /// From first to last, both included.
  static CodePoints range(int first, int last) {
    return new CodePoints(new int[] {first, last}).intersect(ALL);
  }

  /// The characters of a text.
  static CodePoints anyOf(String characters) {
    CodePoints all = NONE;
    for (int codePoint : characters.codePoints().toArray()) {
      all = all.union(of(codePoint));
    }
    return all;
  }

  static CodePoints where(IntPredicate predicate) {
    List<int[]> found = new ArrayList<>();
    int first = -1;
    for (int codePoint = 0; codePoint <= LAST + 1; codePoint++) {
      boolean in = codePoint <= LAST && predicate.test(codePoint);
      if (in && first < 0) {
        first = codePoint;
      } else if (!in && first >= 0) {
        found.add(new int[] {first, codePoint - 1});
        first = -1;
      }
    }
    return joined(found).intersect(ALL);
  }

  /// The union of any ranges.
  static CodePoints joined(List<int[]> pairs) {
    List<int[]> sorted = new ArrayList<>(pairs);
    sorted.sort((a, b) -> Integer.compare(a[0], b[0]));
    int[] out = new int[2 * sorted.size()];
    int n = 0;
    for (int[] pair : sorted) {
      if (n > 0 && pair[0] <= out[n - 1] + 1) {
        out[n - 1] = Math.max(out[n - 1], pair[1]);
      } else {
        out[n++] = pair[0];
        out[n++] = pair[1];
      }
    }
    return new CodePoints(Arrays.copyOf(out, n));
  }

  int rangeCount() {
    return ranges.length / 2;
  }

  int first(int range) {
    return ranges[2 * range];
  }

  int last(int range) {
    return ranges[2 * range + 1];
  }

  boolean isEmpty() {
    return ranges.length == 0;
  }

  boolean contains(int codePoint) {
    int at = Arrays.binarySearch(ranges, codePoint);
    // Between a first and a last, the place where it would go in is odd.
    return at >= 0 || ((-at - 1) & 1) == 1;
  }

  CodePoints union(CodePoints other) {
    List<int[]> pairs = new ArrayList<>();
    for (CodePoints set : List.of(this, other)) {
      for (int i = 0; i < set.rangeCount(); i++) {
        pairs.add(new int[] {set.first(i), set.last(i)});
      }
    }
    return joined(pairs);
  }

  CodePoints intersect(CodePoints other) {
    int[] out = new int[ranges.length + other.ranges.length];
    int n = 0;
    for (int i = 0, j = 0; i < rangeCount() && j < other.rangeCount(); ) {
      int first = Math.max(first(i), other.first(j));
      int last = Math.min(last(i), other.last(j));
      if (first <= last) {
        out[n++] = first;
        out[n++] = last;
      }
      if (last(i) < other.last(j)) {
        i++;
      } else {
        j++;
      }
    }
    return new CodePoints(Arrays.copyOf(out, n));
  }

  CodePoints complement() {
    int[] out = new int[ranges.length + 2];
    int n = 0;
    int next = 0;
    for (int i = 0; i < rangeCount(); i++) {
      if (first(i) > next) {
        out[n++] = next;
        out[n++] = first(i) - 1;
      }
      next = last(i) + 1;
    }
    if (next <= LAST) {
      out[n++] = next;
      out[n++] = LAST;
    }
    return new CodePoints(Arrays.copyOf(out, n)).intersect(ALL);
  }

  CodePoints minus(CodePoints other) {
    return intersect(other.complement());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodePoints set && Arrays.equals(ranges, set.ranges);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ranges);
  }

  @Override
  public String toString() {
    return Arrays.toString(ranges);
  }
}
