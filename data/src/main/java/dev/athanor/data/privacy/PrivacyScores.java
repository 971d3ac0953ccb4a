package dev.athanor.data.privacy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// How well a scanner does on labelled texts, by language and kind. A finding is right when it has a label's kind and they share at least
/// half of what both cover; it is exact when they are equal.
///
/// @param counts by language, then by kind
/// @param misses every label that was not found and every finding without a label, told
public record PrivacyScores(Map<String, Map<PiiKind, Counts>> counts, int negatives, int falseAlarms, List<String> misses) {
  /// @param exact of `right`, those with the very bounds
  public record Counts(int labels, int findings, int right, int exact) {
    static final Counts NONE = new Counts(0, 0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(labels + other.labels, findings + other.findings, right + other.right, exact + other.exact);
    }

    /// 1 when nothing was found.
    public double precision() {
      return findings == 0 ? 1 : right / (double) findings;
    }

    /// 1 when there was nothing to find.
    public double recall() {
      return labels == 0 ? 1 : right / (double) labels;
    }

    public double f1() {
      return labels + findings == 0 ? 1 : 2.0 * right / (labels + findings);
    }
  }

  /// @param negatives texts without labels
  /// @param falseAlarms those of them in which something was found
  public PrivacyScores {
    misses = List.copyOf(misses);
  }

  public static PrivacyScores of(PrivacyScanner scanner, List<LabelledText> texts) {
    Map<String, Map<PiiKind, Counts>> counts = new TreeMap<>();
    var misses = new ArrayList<String>();
    int negatives = 0;
    int falseAlarms = 0;
    for (LabelledText text : texts) {
      List<Finding> findings = scanner.find(text.text());
      Map<PiiKind, Counts> byKind = counts.computeIfAbsent(text.language(), _ -> new EnumMap<>(PiiKind.class));
      count(text, findings, byKind, misses);
      if (text.labels().isEmpty()) {
        negatives++;
        falseAlarms += findings.isEmpty() ? 0 : 1;
      }
    }
    return new PrivacyScores(counts, negatives, falseAlarms, misses);
  }

  private static void count(LabelledText text, List<Finding> findings, Map<PiiKind, Counts> byKind, List<String> misses) {
    Set<Finding> used = new HashSet<>();
    for (LabelledText.Label label : text.labels()) {
      Counts counts = new Counts(1, 0, 0, 0);
      for (Finding finding : findings) {
        if (!used.contains(finding) && finding.kind() == label.kind() && sameHalf(finding, label)) {
          used.add(finding);
          counts = new Counts(1, 1, 1, finding.span().equals(label.span()) ? 1 : 0);
          break;
        }
      }
      if (counts.right() == 0) {
        misses.add(text.language() + ": missed " + label.kind().key() + " '" + text.text().substring(label.span().from(), label.span().to()) + "' in: " + text.text());
      }
      byKind.merge(label.kind(), counts, Counts::plus);
    }
    for (Finding finding : findings) {
      if (!used.contains(finding)) {
        misses.add(text.language() + ": false " + finding.kind().key() + " '" + finding.in(text.text()) + "' (" + finding.why() + ") in: " + text.text());
        byKind.merge(finding.kind(), new Counts(0, 1, 0, 0), Counts::plus);
      }
    }
  }

  private static boolean sameHalf(Finding finding, LabelledText.Label label) {
    int from = Math.max(finding.span().from(), label.span().from());
    int to = Math.min(finding.span().to(), label.span().to());
    int all = Math.max(finding.span().to(), label.span().to()) - Math.min(finding.span().from(), label.span().from());
    return 2 * (to - from) >= all;
  }

  /// Of one language, all kinds together.
  public Counts of(String language) {
    return counts.getOrDefault(language, Map.of()).values().stream().reduce(Counts.NONE, Counts::plus);
  }

  public Counts total() {
    return counts.keySet().stream().map(this::of).reduce(Counts.NONE, Counts::plus);
  }
}
