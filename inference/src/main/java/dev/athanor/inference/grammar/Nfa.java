package dev.athanor.inference.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// Automata over bytes, one for each rule, that may call each other: a pushdown automaton, taken apart. An edge reads a byte
/// of a range, reads nothing, or reads whatever a rule matches.
final class Nfa {
  private static final int SKIP = -1;
  private static final int CALL = -2;

  private record Placed(Utf8.Node node, int target) {}

  private final Budget budget;
  private final Utf8 utf8 = new Utf8();
  private final Map<Placed, Integer> placed = new HashMap<>();
  private int states;
  private int[] firstEdge = new int[1024];
  private int edges;
  private int[] nextEdge = new int[2048];
  private int[] low = new int[2048];
  private int[] high = new int[2048];
  private int[] target = new int[2048];
  private int rules;
  private int[] starts = new int[16];
  private int[] accepts = new int[16];

  Nfa(Budget budget) {
    this.budget = budget;
  }

  Budget budget() {
    return budget;
  }

  int state() {
    budget.state();
    if (states == firstEdge.length) {
      firstEdge = Arrays.copyOf(firstEdge, 2 * states);
    }
    firstEdge[states] = -1;
    return states++;
  }

  /// A new rule; its number.
  int rule() {
    if (rules == starts.length) {
      starts = Arrays.copyOf(starts, 2 * rules);
      accepts = Arrays.copyOf(accepts, 2 * rules);
    }
    starts[rules] = state();
    accepts[rules] = state();
    return rules++;
  }

  int ruleCount() {
    return rules;
  }

  int stateCount() {
    return states;
  }

  int start(int rule) {
    return starts[rule];
  }

  int accept(int rule) {
    return accepts[rule];
  }

  void bytes(int from, int first, int last, int to) {
    edge(from, first, last, to);
  }

  void skip(int from, int to) {
    edge(from, SKIP, 0, to);
  }

  void call(int from, int rule, int to) {
    edge(from, CALL, rule, to);
  }

  private void edge(int from, int lo, int hi, int to) {
    budget.spend(1);
    if (edges == target.length) {
      nextEdge = Arrays.copyOf(nextEdge, 2 * edges);
      low = Arrays.copyOf(low, 2 * edges);
      high = Arrays.copyOf(high, 2 * edges);
      target = Arrays.copyOf(target, 2 * edges);
    }
    nextEdge[edges] = firstEdge[from];
    low[edges] = lo;
    high[edges] = hi;
    target[edges] = to;
    firstEdge[from] = edges++;
  }

  /// The ASCII or UTF-8 bytes of a text, one after the other.
  void literal(int from, String text, int to) {
    int at = from;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int next = state();
      bytes(at, b & 0xff, b & 0xff, next);
      at = next;
    }
    skip(at, to);
  }

  /// Any one character of a set, in UTF-8 as it is or as inside a JSON string.
  void characters(int from, CodePoints set, boolean quoted, int to) {
    place(from, utf8.of(set, quoted), to);
  }

  private void place(int from, Utf8.Node node, int to) {
    for (int i = 0; i < node.size(); i++) {
      bytes(from, node.first(i), node.last(i), placed(node.next(i), to));
    }
  }

  private int placed(Utf8.Node node, int to) {
    if (node.size() == 0) {
      return to;
    }
    Placed key = new Placed(node, to);
    Integer known = placed.get(key);
    if (known == null) {
      known = state();
      placed.put(key, known);
      place(known, node, to);
    }
    return known;
  }

  /// The texts of an automaton over code points.
  void automaton(int from, CharAutomaton automaton, boolean quoted, int to) {
    int[] here = new int[automaton.size()];
    for (int i = 0; i < here.length; i++) {
      here[i] = state();
    }
    skip(from, here[automaton.start()]);
    skip(here[automaton.accept()], to);
    for (int i = 0; i < here.length; i++) {
      for (CharAutomaton.Edge edge : automaton.edges(i)) {
        switch (edge) {
          case CharAutomaton.Read read -> characters(here[i], read.on(), quoted, here[read.to()]);
          case CharAutomaton.Skip skip -> skip(here[i], here[skip.to()]);
          case CharAutomaton.Anchored _ -> throw new IllegalStateException("anchors are resolved before");
        }
      }
    }
  }

  /// Whether there is a text that a rule matches.
  boolean matchesAnything(int rule) {
    BitSet live = new BitSet(states);
    for (int i = 0; i < rules; i++) {
      live.set(accepts[i]);
    }
    for (boolean changed = true; changed; ) {
      changed = false;
      budget.spend(edges);
      for (int from = states - 1; from >= 0; from--) {
        for (int edge = firstEdge[from]; edge >= 0 && !live.get(from); edge = nextEdge[edge]) {
          if (live.get(target[edge]) && (!isCall(edge) || live.get(starts[called(edge)]))) {
            live.set(from);
            changed = true;
          }
        }
      }
    }
    return live.get(starts[rule]);
  }

  /// The first edge of a state; −1: none.
  int first(int state) {
    return firstEdge[state];
  }

  int next(int edge) {
    return nextEdge[edge];
  }

  int to(int edge) {
    return target[edge];
  }

  boolean isSkip(int edge) {
    return low[edge] == SKIP;
  }

  boolean isCall(int edge) {
    return low[edge] == CALL;
  }

  /// The rule that an edge calls.
  int called(int edge) {
    return high[edge];
  }

  int low(int edge) {
    return low[edge];
  }

  int high(int edge) {
    return high[edge];
  }

  int edgeCount() {
    return edges;
  }
}
