package dev.athanor.inference.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/// Makes each rule's automaton deterministic (the subset construction, with calls as letters beside the bytes).
final class Determinizer {
  /// Sorted NFA states; a rule's first is kept apart from the same set reached later, as only it must not end at once.
  private record Subset(int rule, boolean first, int[] states) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Subset subset
          && rule == subset.rule
          && first == subset.first
          && Arrays.equals(states, subset.states);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * Arrays.hashCode(states) + rule) + (first ? 1 : 0);
    }
  }

  private final Nfa nfa;
  private final Budget budget;
  private final boolean[] available;
  private final boolean[] nullable;
  private int[] classOf = new int[256];
  private int classCount = 1;
  /// By class, rising: its first byte.
  private int[] representative = {0};

  private final Map<Subset, Integer> numbers = new HashMap<>();
  private final List<Subset> subsets = new ArrayList<>();
  private final List<int[]> rows = new ArrayList<>();
  private final List<int[]> calls = new ArrayList<>();
  private final int[] mark;
  private int round;

  private Determinizer(Nfa nfa, boolean[] available) {
    this.nfa = nfa;
    this.budget = nfa.budget();
    this.available = available;
    this.nullable = new boolean[nfa.ruleCount()];
    this.mark = new int[nfa.stateCount()];
  }

  /// @param root the rule of whole answers
  /// @param available the bytes that can be written at all; others are taken out of the grammar
  /// @param names what to call each rule in a message
  static Network run(Nfa nfa, int root, boolean[] available, List<String> names) {
    Determinizer all = new Determinizer(nfa, available);
    all.findClasses();
    all.findNullable();
    int[] first = new int[nfa.ruleCount()];
    for (int rule = 0; rule < first.length; rule++) {
      first[rule] = all.number(new Subset(rule, true, all.closure(new int[] {nfa.start(rule)}, 1)));
    }
    // Grows while it runs.
    for (int i = 0; i < all.subsets.size(); i++) {
      all.expand(i, first);
    }
    return all.network(first[root], all.nullable[root], first, names.toArray(String[]::new));
  }

  /// Splits the bytes where a range of an edge does.
  private void findClasses() {
    BitSet seen = new BitSet(1 << 16);
    for (int edge = 0; edge < nfa.edgeCount(); edge++) {
      if (nfa.low(edge) >= 0) {
        seen.set(nfa.low(edge) << 8 | nfa.high(edge));
      }
    }
    for (int range = seen.nextSetBit(0); range >= 0; range = seen.nextSetBit(range + 1)) {
      int low = range >> 8;
      int high = range & 0xff;
      split(b -> b >= low && b <= high);
    }
    split(b -> available[b]);
    representative = new int[classCount];
    int[] renumbered = new int[classCount];
    Arrays.fill(renumbered, -1);
    int n = 0;
    for (int b = 0; b < 256; b++) {
      if (renumbered[classOf[b]] < 0) {
        representative[n] = b;
        renumbered[classOf[b]] = n++;
      }
      classOf[b] = renumbered[classOf[b]];
    }
  }

  private void split(IntPredicate in) {
    int[] twin = new int[classCount];
    Arrays.fill(twin, -1);
    boolean[] outside = new boolean[classCount];
    for (int b = 0; b < 256; b++) {
      outside[classOf[b]] |= !in.test(b);
    }
    for (int b = 0; b < 256; b++) {
      int old = classOf[b];
      if (in.test(b) && old < twin.length && outside[old]) {
        if (twin[old] < 0) {
          twin[old] = classCount++;
        }
        classOf[b] = twin[old];
      }
    }
  }

  private void findNullable() {
    for (boolean changed = true; changed; ) {
      changed = false;
      for (int rule = 0; rule < nullable.length; rule++) {
        if (!nullable[rule] && contains(closure(new int[] {nfa.start(rule)}, 1), nfa.accept(rule))) {
          nullable[rule] = true;
          changed = true;
        }
      }
    }
  }

  private static boolean contains(int[] sorted, int state) {
    return Arrays.binarySearch(sorted, state) >= 0;
  }

  /// The states that are reached without a byte and have one to read, a rule to call or are the rule's end.
  private int[] closure(int[] from, int count) {
    round++;
    int[] open = Arrays.copyOf(from, Math.max(16, 2 * count));
    int size = 0;
    for (int i = 0; i < count; i++) {
      if (mark[from[i]] != round) {
        mark[from[i]] = round;
        open[size++] = from[i];
      }
    }
    int kept = 0;
    int[] out = new int[Math.max(8, count)];
    for (int i = 0; i < size; i++) {
      int state = open[i];
      // An end has no edges.
      boolean important = nfa.first(state) < 0;
      for (int edge = nfa.first(state); edge >= 0; edge = nfa.next(edge)) {
        budget.spend(1);
        boolean skip = nfa.isSkip(edge);
        important |= !skip;
        if ((skip || (nfa.isCall(edge) && nullable[nfa.called(edge)])) && mark[nfa.to(edge)] != round) {
          mark[nfa.to(edge)] = round;
          if (size == open.length) {
            open = Arrays.copyOf(open, 2 * size);
          }
          open[size++] = nfa.to(edge);
        }
      }
      if (important) {
        if (kept == out.length) {
          out = Arrays.copyOf(out, 2 * kept);
        }
        out[kept++] = state;
      }
    }
    int[] sorted = Arrays.copyOf(out, kept);
    Arrays.sort(sorted);
    return sorted;
  }

  private int number(Subset subset) {
    Integer known = numbers.get(subset);
    if (known != null) {
      return known;
    }
    budget.deterministicState(classCount);
    budget.spend(subset.states.length + classCount);
    numbers.put(subset, subsets.size());
    subsets.add(subset);
    return subsets.size() - 1;
  }

  private void expand(int at, int[] first) {
    Subset subset = subsets.get(at);
    int[][] targets = new int[classCount][];
    int[] counts = new int[classCount];
    Map<Integer, int[]> returns = new TreeMap<>();
    for (int state : subset.states) {
      for (int edge = nfa.first(state); edge >= 0; edge = nfa.next(edge)) {
        if (nfa.isCall(edge)) {
          int[] old = returns.getOrDefault(nfa.called(edge), new int[0]);
          int[] more = Arrays.copyOf(old, old.length + 1);
          more[old.length] = nfa.to(edge);
          returns.put(nfa.called(edge), more);
          budget.spend(more.length);
        } else if (!nfa.isSkip(edge)) {
          int c = Arrays.binarySearch(representative, nfa.low(edge));
          for (c = c < 0 ? -c - 1 : c; c < classCount && representative[c] <= nfa.high(edge); c++) {
            budget.spend(1);
            int[] row = targets[c];
            if (row == null) {
              row = new int[4];
            } else if (counts[c] == row.length) {
              row = Arrays.copyOf(row, 2 * row.length);
            }
            row[counts[c]++] = nfa.to(edge);
            targets[c] = row;
          }
        }
      }
    }
    int[] row = new int[classCount];
    for (int c = 0; c < classCount; c++) {
      int[] to = targets[c];
      if (to == null || !available[representative[c]]) {
        row[c] = -1;
      } else {
        int alike = alike(targets, counts, c);
        row[c] = alike >= 0 ? row[alike] : number(new Subset(subset.rule, false, closure(to, counts[c])));
      }
    }
    int[] called = new int[2 * returns.size()];
    int n = 0;
    for (Map.Entry<Integer, int[]> entry : returns.entrySet()) {
      called[n++] = first[entry.getKey()];
      called[n++] = number(new Subset(subset.rule, false, closure(entry.getValue(), entry.getValue().length)));
    }
    rows.add(row);
    calls.add(called);
  }

  /// A class before `c` that leads to the same states; −1: none near.
  private int alike(int[][] targets, int[] counts, int c) {
    for (int before = c - 1; before >= Math.max(0, c - 8); before--) {
      int[] row = targets[before];
      int[] mine = targets[c];
      if (row != null
          && mine != null
          && available[representative[before]]
          && Arrays.equals(row, 0, counts[before], mine, 0, counts[c])) {
        return before;
      }
    }
    return -1;
  }

  private Network network(int root, boolean emptyAllowed, int[] first, String[] names) {
    int[] next = new int[rows.size() * classCount];
    BitSet ends = new BitSet();
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, next, i * classCount, classCount);
      Subset subset = subsets.get(i);
      ends.set(i, !subset.first && contains(subset.states, nfa.accept(subset.rule)));
    }
    return new Network(root, emptyAllowed, classOf, next, ends, calls.toArray(int[][]::new), first, names);
  }
}
