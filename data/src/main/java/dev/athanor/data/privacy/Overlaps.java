package dev.athanor.data.privacy;

import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Findings that overlap.
final class Overlaps {
  private static final Comparator<Finding> BY_PLACE = Comparator.comparingInt(finding -> finding.span().from());

  private Overlaps() {}

  /// In order, without overlaps.
  ///
  /// @param order of two that overlap, the first stays
  static List<Finding> settled(List<Finding> found, Comparator<Finding> order) {
    var kept = new ArrayList<Finding>();
    List<Finding> byPlace = found.stream().sorted(BY_PLACE).toList();
    // Findings that overlap, directly or through others, are settled together.
    for (int i = 0; i < byPlace.size(); ) {
      int end = byPlace.get(i).span().to();
      int j = i + 1;
      while (j < byPlace.size() && byPlace.get(j).span().from() < end) {
        end = Math.max(end, byPlace.get(j++).span().to());
      }
      settle(byPlace.subList(i, j), order, kept);
      i = j;
    }
    return List.copyOf(kept);
  }

  private static void settle(List<Finding> group, Comparator<Finding> order, List<Finding> kept) {
    if (group.size() == 1) {
      kept.add(group.getFirst());
      return;
    }
    var taken = new TreeMap<Integer, Finding>();
    for (Finding finding : group.stream().sorted(order).toList()) {
      var before = taken.floorEntry(finding.span().from());
      var after = taken.ceilingEntry(finding.span().from());
      boolean free = (before == null || before.getValue().span().to() <= finding.span().from())
          && (after == null || after.getKey() >= finding.span().to());
      if (free) {
        taken.put(finding.span().from(), finding);
      }
    }
    kept.addAll(taken.values());
  }

  /// What rules found, with what a model found. A number's or an e-mail's form is surer than any probability: of the model's findings
  /// only what lies beside such stays. Of names that overlap the longest stays, so that nothing of one is left.
  ///
  /// @param rules settled
  static List<Finding> with(String text, List<Finding> rules, List<Finding> model) {
    if (model.isEmpty()) {
      return rules;
    }
    var formed = new TreeMap<Integer, Finding>();
    var named = new ArrayList<Finding>();
    for (Finding finding : rules) {
      if (finding.kind().isNamed()) {
        named.add(finding);
      } else {
        formed.put(finding.span().from(), finding);
      }
    }
    model.forEach(finding -> addBeside(text, finding, formed, named));
    var all = new ArrayList<>(settled(named, Finding.LONGEST));
    all.addAll(formed.values());
    all.sort(BY_PLACE);
    return List.copyOf(all);
  }

  private static void addBeside(String text, Finding finding, NavigableMap<Integer, Finding> formed, List<Finding> named) {
    int from = finding.span().from();
    int to = finding.span().to();
    Map.Entry<Integer, Finding> before = formed.floorEntry(from);
    if (before != null) {
      from = Math.max(from, before.getValue().span().to());
    }
    for (Finding next : formed.subMap(from, true, Math.max(from, to), false).values()) {
      addTrimmed(text, finding, from, next.span().from(), named);
      from = next.span().to();
    }
    addTrimmed(text, finding, from, to, named);
  }

  /// A part, without what is no letter or digit at its ends; the whole as the model gave it.
  private static void addTrimmed(String text, Finding finding, int partFrom, int partTo, List<Finding> named) {
    if (partFrom == finding.span().from() && partTo == finding.span().to()) {
      named.add(finding);
      return;
    }
    int from = partFrom;
    int to = partTo;
    while (from < to && !Character.isLetterOrDigit(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (to > from && !Character.isLetterOrDigit(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    if (to - from >= 2) {
      named.add(new Finding(finding.kind(), new Span(from, to), finding.confidence(), finding.why()));
    }
  }
}
