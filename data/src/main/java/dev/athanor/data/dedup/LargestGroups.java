package dev.athanor.data.dedup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// The twenty largest groups of those that it is told of; of equal ones those that come first in the corpus.
final class LargestGroups {
  private static final int MOST = 20;

  /// @param first number of the unit that stays
  private record Sized(long first, long size) {}

  /// A group and the id of its first document.
  private record Named(Sized group, String id) {}

  private static final Comparator<Sized> LARGEST_FIRST =
      Comparator.comparingLong(Sized::size).reversed().thenComparingLong(Sized::first);

  private final PriorityQueue<Sized> largest = new PriorityQueue<>(LARGEST_FIRST.reversed());
  private final List<Named> named = new ArrayList<>();
  private long count;

  void add(long first, long size) {
    count++;
    largest.add(new Sized(first, size));
    if (largest.size() > MOST) {
      largest.remove();
    }
  }

  long count() {
    return count;
  }

  /// Tells the id of the document that has the units from `from` to before `to`.
  void name(long from, long to, String id) {
    for (Sized group : largest) {
      if (group.first >= from && group.first < to) {
        named.add(new Named(group, id));
      }
    }
  }

  List<DuplicateSummary.Group> named() {
    return named.stream()
        .sorted(Comparator.comparing(Named::group, LARGEST_FIRST))
        .map(group -> new DuplicateSummary.Group(group.id, group.group.size))
        .toList();
  }
}
