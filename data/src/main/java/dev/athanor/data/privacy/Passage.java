package dev.athanor.data.privacy;

import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A text under examination: its characters, the cues around the place that is looked at, and what was found so far. For one thread.
final class Passage {
  private final String text;
  private final Set<PiiKind> wanted;
  private final double least;
  private final List<Finding> findings = new ArrayList<>();
  private Cue[] cues = new Cue[64];
  private int[] cueStarts = new int[64];
  private int[] cueEnds = new int[64];
  private int cueCount;
  private long steps;

  Passage(String text, Set<PiiKind> wanted, double least) {
    this.text = text;
    this.wanted = wanted;
    this.least = least;
  }

  int length() {
    return text.length();
  }

  /// The character in half width, its case kept; NUL outside the text.
  char at(int index) {
    steps++;
    return index < 0 || index >= text.length() ? '\0' : Fold.half(text.charAt(index));
  }

  String text(int from, int to) {
    steps += to - from;
    return text.substring(from, to);
  }

  /// With every character in half width.
  String half(int from, int to) {
    var half = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      half.append(at(i));
    }
    return half.toString();
  }

  boolean startsWith(String word, int at) {
    steps += word.length();
    return text.startsWith(word, at);
  }

  /// How many characters were read one by one: what has to grow with the text's length and no faster.
  long steps() {
    return steps;
  }

  boolean wants(PiiKind kind) {
    return wanted.contains(kind);
  }

  void add(PiiKind kind, int from, int to, double confidence, String why) {
    if (confidence >= least && wanted.contains(kind) && from < to) {
      findings.add(new Finding(kind, new Span(from, to), confidence, why));
    }
  }

  List<Finding> findings() {
    return findings;
  }

  // ---- cues

  void clearCues() {
    cueCount = 0;
  }

  /// In the order of their ends, of those with the same end the longest first: it says more than what it ends in.
  void addCue(Cue cue, int from, int to) {
    if (cueCount > 0 && cueEnds[cueCount - 1] == to) {
      return;
    }
    if (cueCount == cues.length) {
      cues = Arrays.copyOf(cues, 2 * cueCount);
      cueStarts = Arrays.copyOf(cueStarts, 2 * cueCount);
      cueEnds = Arrays.copyOf(cueEnds, 2 * cueCount);
    }
    cues[cueCount] = cue;
    cueStarts[cueCount] = from;
    cueEnds[cueCount++] = to;
  }

  /// The nearest cue that ends at most `window` characters before `at`, or else begins at most a third of that after `end`.
  @Nullable Cue label(int at, int end, Set<Cue> among, int window) {
    Cue before = before(at, among, window);
    return before != null ? before : after(end, among, window / 3);
  }

  /// The nearest cue that ends at most `window` characters before `at`.
  @Nullable Cue before(int at, Set<Cue> among, int window) {
    for (int i = lastEndingBy(at); i >= 0 && cueEnds[i] >= at - window; i--) {
      steps++;
      if (among.contains(cues[i])) {
        return cues[i];
      }
    }
    return null;
  }

  boolean has(Cue cue, int at, int end, int window) {
    return label(at, end, Set.of(cue), window) == cue;
  }

  private @Nullable Cue after(int end, Set<Cue> among, int window) {
    for (int i = lastEndingBy(end) + 1; i < cueCount && cueEnds[i] <= end + window + MOST_WORD; i++) {
      steps++;
      if (cueStarts[i] >= end && cueStarts[i] <= end + window && among.contains(cues[i])) {
        return cues[i];
      }
    }
    return null;
  }

  /// No trigger is longer.
  static final int MOST_WORD = 24;

  private int lastEndingBy(int at) {
    int low = 0;
    int high = cueCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cueEnds[middle] <= at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
