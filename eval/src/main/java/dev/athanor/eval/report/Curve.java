package dev.athanor.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A named series of points in the order of their steps.
public record Curve(String name, List<Point> points) {
  public Curve {
    points = List.copyOf(points);
  }

  /// The same curve with at most `cap` points (`cap` ≥ 4): the first, the last, and of every bucket between them the
  /// lowest and the highest, so that no spike is lost. A bucket without any value stays a gap.
  public Curve atMost(int cap) {
    if (cap < 4) {
      throw new IllegalArgumentException("a curve keeps at least 4 points, not " + cap);
    }
    if (points.size() <= cap) {
      return this;
    }
    int buckets = (cap - 2) / 2;
    int inner = points.size() - 2;
    List<Point> kept = new ArrayList<>(cap);
    kept.add(points.getFirst());
    for (int b = 0; b < buckets; b++) {
      int from = 1 + (int) ((long) inner * b / buckets);
      int to = 1 + (int) ((long) inner * (b + 1) / buckets);
      addExtremes(points.subList(from, to), kept);
    }
    kept.add(points.getLast());
    return new Curve(name, kept);
  }

  private static void addExtremes(List<Point> bucket, List<Point> kept) {
    int low = -1;
    int high = -1;
    for (int i = 0; i < bucket.size(); i++) {
      double value = bucket.get(i).value();
      if (Double.isFinite(value)) {
        low = low < 0 || value < bucket.get(low).value() ? i : low;
        high = high < 0 || value > bucket.get(high).value() ? i : high;
      }
    }
    if (low < 0) {
      kept.add(bucket.getFirst());
      return;
    }
    kept.add(bucket.get(Math.min(low, high)));
    if (low != high) {
      kept.add(bucket.get(Math.max(low, high)));
    }
  }

  /// The points that hold a value.
  public List<Point> measured() {
    return points.stream().filter(p -> Double.isFinite(p.value()) && Double.isFinite(p.step())).toList();
  }

  /// The first of the lowest points.
  public Optional<Point> lowest() {
    return measured().stream().reduce((a, b) -> b.value() < a.value() ? b : a);
  }

  /// The last measured point.
  public Optional<Point> last() {
    return measured().stream().reduce((a, b) -> b);
  }
}
