package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;

/// The deterministic automata of all rules. A state has at most one next state for each class of bytes, and calls: a rule's
/// first state to run, and the state to go on from behind it. Bytes that no state tells apart share a class.
///
/// Every state that can be reached can reach an end: what leads nowhere is taken out, so a text that has got so far can
/// always be finished. A rule that is called never matches the empty text (callers skip it instead), and no rule begins by
/// calling itself.
final class Network {
  private static final int[] NO_CALLS = {};

  private final int root;
  private final boolean emptyAllowed;
  private final int classes;
  private final int[] classOf;
  private final int[] next;
  private final BitSet ends;
  private final int[][] calls;
  /// For first states: callers come before those that they begin by calling; −1 for all others.
  private final int[] rank;
  private final int ruleCount;

  /// @param next states × classes; −1: none
  /// @param calls by state: pairs of a rule's first state and the state behind it
  /// @throws UserException when nothing matches, or a rule begins by calling itself
  Network(
      int root, boolean emptyAllowed, int[] classOf, int[] next, BitSet ends, int[][] calls, int[] firstStates, String[] names) {
    this.root = root;
    this.emptyAllowed = emptyAllowed;
    this.classOf = classOf;
    this.next = next;
    this.ends = ends;
    this.calls = calls;
    this.classes = next.length / calls.length;
    this.ruleCount = firstStates.length;
    trim();
    this.rank = ranks(firstStates, names);
  }

  int root() {
    return root;
  }

  /// Whether the empty text matches.
  boolean emptyAllowed() {
    return emptyAllowed;
  }

  int ruleCount() {
    return ruleCount;
  }

  int stateCount() {
    return calls.length;
  }

  int classCount() {
    return classes;
  }

  int classOf(int unsignedByte) {
    return classOf[unsignedByte];
  }

  int next(int state, int byteClass) {
    return next[state * classes + byteClass];
  }

  boolean ends(int state) {
    return ends.get(state);
  }

  int[] calls(int state) {
    return calls[state];
  }

  int rank(int state) {
    return rank[state];
  }

  /// Ends the rule and does nothing else: a call that goes on there needs no return.
  boolean onlyEnds(int state) {
    if (!ends.get(state) || calls[state].length > 0) {
      return false;
    }
    for (int c = 0; c < classes; c++) {
      if (next(state, c) >= 0) {
        return false;
      }
    }
    return true;
  }

  /// Approximate bytes of memory.
  long bytes() {
    return 4L * next.length + 24L * calls.length;
  }

  private void trim() {
    BitSet live = live();
    if (!live.get(root)) {
      throw new UserException(
          emptyAllowed
              ? "the output format allows only the empty answer"
              : "the output format allows no answer at all: its parts contradict each other or never come to an end");
    }
    for (int i = 0; i < next.length; i++) {
      if (next[i] >= 0 && !live.get(next[i])) {
        next[i] = -1;
      }
    }
    for (int state = 0; state < calls.length; state++) {
      int[] old = calls[state];
      int kept = 0;
      int[] left = new int[old.length];
      for (int i = 0; i < old.length; i += 2) {
        if (live.get(old[i]) && live.get(old[i + 1])) {
          left[kept++] = old[i];
          left[kept++] = old[i + 1];
        }
      }
      calls[state] = kept == 0 ? NO_CALLS : Arrays.copyOf(left, kept);
    }
  }

  /// States from which the end of their rule can be reached.
  private BitSet live() {
    int n = calls.length;
    int[] count = new int[n + 1];
    forEachDependence((_, on) -> count[on + 1]++);
    for (int i = 0; i < n; i++) {
      count[i + 1] += count[i];
    }
    int[] waiting = new int[count[n]];
    int[] fill = count.clone();
    forEachDependence((state, on) -> waiting[fill[on]++] = state);
    BitSet live = new BitSet(n);
    Deque<Integer> open = new ArrayDeque<>();
    ends.stream().forEach(open::add);
    live.or(ends);
    while (!open.isEmpty()) {
      int on = open.remove();
      for (int i = count[on]; i < count[on + 1]; i++) {
        int state = waiting[i];
        if (!live.get(state) && leadsOn(state, live)) {
          live.set(state);
          open.add(state);
        }
      }
    }
    return live;
  }

  private interface Dependence {
    void between(int state, int on);
  }

  private void forEachDependence(Dependence dependence) {
    for (int state = 0; state < calls.length; state++) {
      int last = -1;
      for (int c = 0; c < classes; c++) {
        int to = next(state, c);
        if (to >= 0 && to != last) {
          dependence.between(state, to);
          last = to;
        }
      }
      for (int on : calls[state]) {
        dependence.between(state, on);
      }
    }
  }

  private boolean leadsOn(int state, BitSet live) {
    for (int c = 0; c < classes; c++) {
      int to = next(state, c);
      if (to >= 0 && live.get(to)) {
        return true;
      }
    }
    int[] all = calls[state];
    for (int i = 0; i < all.length; i += 2) {
      if (live.get(all[i]) && live.get(all[i + 1])) {
        return true;
      }
    }
    return false;
  }

  /// A topological order of "begins by calling".
  private int[] ranks(int[] firstStates, String[] names) {
    int[] ranks = new int[calls.length];
    Arrays.fill(ranks, -1);
    int[] rule = new int[calls.length];
    for (int i = 0; i < firstStates.length; i++) {
      rule[firstStates[i]] = i;
    }
    int[] callers = new int[calls.length];
    for (int first : firstStates) {
      for (int i = 0; i < calls[first].length; i += 2) {
        callers[calls[first][i]]++;
      }
    }
    Deque<Integer> free = new ArrayDeque<>();
    for (int first : firstStates) {
      if (callers[first] == 0) {
        free.add(first);
      }
    }
    int ranked = 0;
    while (!free.isEmpty()) {
      int first = free.remove();
      ranks[first] = ranked++;
      for (int i = 0; i < calls[first].length; i += 2) {
        if (--callers[calls[first][i]] == 0) {
          free.add(calls[first][i]);
        }
      }
    }
    for (int first : firstStates) {
      if (ranks[first] < 0) {
        throw new UserException(
            "the rule '%s' begins with itself (left recursion), which has no end; put something before the recursion, or repeat with *"
                .formatted(names[rule[first]]));
      }
    }
    return ranks;
  }
}
