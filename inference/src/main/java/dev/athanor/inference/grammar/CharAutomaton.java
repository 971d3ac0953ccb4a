package dev.athanor.inference.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// A finite automaton over code points: what a text (a JSON string's value, a whole answer) may be. Built once, then only
/// read.
final class CharAutomaton {
  sealed interface Edge {
    int to();
  }

  record Read(CodePoints on, int to) implements Edge {}

  record Skip(int to) implements Edge {}

  record Anchored(boolean start, int to) implements Edge {}

  private final List<List<Edge>> edges = new ArrayList<>();
  private final Budget budget;
  private boolean anchored;
  private final int start;
  private final int accept;

  CharAutomaton(Budget budget) {
    this.budget = budget;
    start = state();
    accept = state();
  }

  int start() {
    return start;
  }

  int accept() {
    return accept;
  }

  int size() {
    return edges.size();
  }

  List<Edge> edges(int state) {
    return edges.get(state);
  }

  int state() {
    budget.state();
    edges.add(new ArrayList<>(2));
    return edges.size() - 1;
  }

  void read(int from, CodePoints on, int to) {
    if (!on.isEmpty()) {
      edges.get(from).add(new Read(on, to));
    }
  }

  void skip(int from, int to) {
    edges.get(from).add(new Skip(to));
  }

  /// The texts that match the whole of an expression without names.
  static CharAutomaton matching(Expression expression, Budget budget) {
    CharAutomaton all = new CharAutomaton(budget);
    all.add(expression, all.start, all.accept);
    return all.resolved();
  }

  /// The texts that hold a match of it anywhere, which is what JSON Schema's `pattern` asks.
  static CharAutomaton containing(Expression expression, Budget budget) {
    CharAutomaton all = new CharAutomaton(budget);
    int from = all.state();
    int to = all.state();
    all.skip(all.start, from);
    all.read(from, CodePoints.ALL, from);
    all.add(expression, from, to);
    all.read(to, CodePoints.ALL, to);
    all.skip(to, all.accept);
    return all.resolved();
  }

  /// Texts of min to max code points.
  ///
  /// @param max −1: no upper bound
  static CharAutomaton ofLength(int min, int max, Budget budget) {
    return matching(new Expression.Repeat(new Expression.Chars(CodePoints.ALL), min, max), budget);
  }

  /// The texts of any of them.
  static CharAutomaton union(List<CharAutomaton> all, Budget budget) {
    CharAutomaton out = new CharAutomaton(budget);
    for (CharAutomaton one : all) {
      int offset = out.size();
      one.edges.forEach(_ -> out.state());
      out.skip(out.start, offset + one.start);
      out.skip(offset + one.accept, out.accept);
      for (int from = 0; from < one.size(); from++) {
        for (Edge edge : one.edges(from)) {
          switch (edge) {
            case Read read -> out.read(offset + from, read.on, offset + read.to);
            case Skip skip -> out.skip(offset + from, offset + skip.to);
            case Anchored _ -> throw new IllegalStateException("anchors are resolved before");
          }
        }
      }
    }
    return out;
  }

  private void add(Expression expression, int from, int to) {
    budget.spend(1);
    switch (expression) {
      case Expression.Chars chars -> read(from, chars.set(), to);
      case Expression.Anchor anchor -> {
        anchored = true;
        edges.get(from).add(new Anchored(anchor.start(), to));
      }
      case Expression.Sequence sequence -> {
        int at = from;
        for (Expression part : sequence.parts()) {
          int next = state();
          add(part, at, next);
          at = next;
        }
        skip(at, to);
      }
      case Expression.Choice choice -> choice.options().forEach(option -> add(option, from, to));
      case Expression.Repeat repeat -> addRepeat(repeat, from, to);
      case Expression.Name name -> throw new IllegalArgumentException("no rule " + name.rule() + " in a regular expression");
    }
  }

  private void addRepeat(Expression.Repeat repeat, int from, int to) {
    int at = state();
    skip(from, at);
    for (int i = 0; i < repeat.min(); i++) {
      int next = state();
      add(repeat.body(), at, next);
      at = next;
    }
    if (repeat.max() < 0) {
      int loop = state();
      skip(at, loop);
      add(repeat.body(), loop, loop);
      skip(loop, to);
      return;
    }
    for (int i = repeat.min(); i < repeat.max(); i++) {
      skip(at, to);
      int next = state();
      add(repeat.body(), at, next);
      at = next;
    }
    skip(at, to);
  }

  /// The same without anchors: a state is one of this and whether something was read and whether the end was asked for.
  private CharAutomaton resolved() {
    if (!anchored) {
      return this;
    }
    CharAutomaton out = new CharAutomaton(budget);
    int[] known = new int[4 * size()];
    Arrays.fill(known, -1);
    known[4 * start] = out.start;
    Deque<Integer> open = new ArrayDeque<>(List.of(4 * start));
    while (!open.isEmpty()) {
      int key = open.remove();
      boolean begun = (key & 1) != 0;
      boolean ended = (key & 2) != 0;
      if (key / 4 == accept) {
        out.skip(known[key], out.accept);
      }
      for (Edge edge : edges(key / 4)) {
        int flags =
            switch (edge) {
              case Read _ -> ended ? -1 : 1;
              case Skip _ -> key & 3;
              case Anchored anchor -> anchor.start ? (begun ? -1 : key & 3) : (key & 3) | 2;
            };
        if (flags < 0) {
          continue;
        }
        int target = 4 * edge.to() + flags;
        if (known[target] < 0) {
          known[target] = out.state();
          open.add(target);
        }
        if (edge instanceof Read read) {
          out.read(known[key], read.on, known[target]);
        } else {
          out.skip(known[key], known[target]);
        }
      }
    }
    return out;
  }

  /// The texts of both.
  CharAutomaton intersect(CharAutomaton other) {
    CharAutomaton out = new CharAutomaton(budget);
    Map<Long, Integer> known = new HashMap<>();
    Deque<Long> open = new ArrayDeque<>();
    long first = pair(start, other.start);
    known.put(first, out.start);
    open.add(first);
    while (!open.isEmpty()) {
      long key = open.remove();
      int from = known.getOrDefault(key, -1);
      int a = (int) (key >>> 32);
      int b = (int) key;
      if (a == accept && b == other.accept) {
        out.skip(from, out.accept);
      }
      for (Edge edge : edges(a)) {
        if (edge instanceof Skip skip) {
          out.skip(from, out.pairState(pair(skip.to, b), known, open));
        }
      }
      for (Edge edge : other.edges(b)) {
        if (edge instanceof Skip skip) {
          out.skip(from, out.pairState(pair(a, skip.to), known, open));
        }
      }
      for (Edge one : edges(a)) {
        for (Edge two : other.edges(b)) {
          budget.spend(1);
          if (one instanceof Read x && two instanceof Read y) {
            CodePoints both = x.on.intersect(y.on);
            if (!both.isEmpty()) {
              out.read(from, both, out.pairState(pair(x.to, y.to), known, open));
            }
          }
        }
      }
    }
    return out.trimmed();
  }

  private int pairState(long pair, Map<Long, Integer> known, Deque<Long> open) {
    Integer state = known.get(pair);
    if (state == null) {
      state = state();
      known.put(pair, state);
      open.add(pair);
    }
    return state;
  }

  private static long pair(int a, int b) {
    return ((long) a << 32) | b;
  }

  /// Without the edges that lead to no text.
  private CharAutomaton trimmed() {
    List<List<Integer>> back = new ArrayList<>();
    edges.forEach(_ -> back.add(new ArrayList<>()));
    for (int from = 0; from < size(); from++) {
      for (Edge edge : edges(from)) {
        back.get(edge.to()).add(from);
      }
    }
    BitSet live = new BitSet();
    Deque<Integer> open = new ArrayDeque<>(List.of(accept));
    live.set(accept);
    while (!open.isEmpty()) {
      for (int from : back.get(open.remove())) {
        if (!live.get(from)) {
          live.set(from);
          open.add(from);
        }
      }
    }
    edges.forEach(list -> list.removeIf(edge -> !live.get(edge.to())));
    return this;
  }

  /// The texts that are not of this.
  CharAutomaton complement() {
    CharAutomaton out = new CharAutomaton(budget);
    Map<BitSet, Integer> known = new HashMap<>();
    Deque<BitSet> open = new ArrayDeque<>();
    BitSet first = closure(List.of(start));
    known.put(first, out.start);
    open.add(first);
    while (!open.isEmpty()) {
      BitSet states = open.remove();
      int from = known.getOrDefault(states, -1);
      if (!states.get(accept)) {
        out.skip(from, out.accept);
      }
      for (Map.Entry<BitSet, CodePoints> step : steps(states).entrySet()) {
        Integer to = known.get(step.getKey());
        if (to == null) {
          to = out.state();
          known.put(step.getKey(), to);
          open.add(step.getKey());
        }
        out.read(from, step.getValue(), to);
      }
    }
    return out;
  }

  /// Where each code point leads from a set of states: the empty set too.
  private Map<BitSet, CodePoints> steps(BitSet states) {
    List<Read> reads = reads(states);
    TreeSet<Integer> cuts = new TreeSet<>(List.of(0));
    for (Read read : reads) {
      for (int i = 0; i < read.on.rangeCount(); i++) {
        cuts.add(read.on.first(i));
        cuts.add(read.on.last(i) + 1);
      }
    }
    Map<BitSet, List<int[]>> parts = new HashMap<>();
    for (int cut : cuts) {
      if (cut > Character.MAX_CODE_POINT) {
        continue;
      }
      Integer next = cuts.higher(cut);
      budget.spend(reads.size() + 1L);
      List<Integer> targets = new ArrayList<>();
      reads.stream().filter(read -> read.on.contains(cut)).forEach(read -> targets.add(read.to));
      parts
          .computeIfAbsent(closure(targets), _ -> new ArrayList<>())
          .add(new int[] {cut, next == null ? Character.MAX_CODE_POINT : next - 1});
    }
    Map<BitSet, CodePoints> steps = new HashMap<>();
    parts.forEach((to, pairs) -> steps.put(to, CodePoints.joined(pairs).intersect(CodePoints.ALL)));
    return steps;
  }

  private List<Read> reads(BitSet states) {
    List<Read> reads = new ArrayList<>();
    states.stream().forEach(
        state -> {
          for (Edge edge : edges(state)) {
            if (edge instanceof Read read) {
              reads.add(read);
            }
          }
        });
    return reads;
  }

  private BitSet closure(List<Integer> states) {
    budget.spend(1 + size() / 64);
    BitSet all = new BitSet(size());
    Deque<Integer> open = new ArrayDeque<>();
    for (int state : states) {
      if (!all.get(state)) {
        all.set(state);
        open.add(state);
      }
    }
    while (!open.isEmpty()) {
      for (Edge edge : edges(open.remove())) {
        budget.spend(1);
        if (edge instanceof Skip skip && !all.get(skip.to)) {
          all.set(skip.to);
          open.add(skip.to);
        }
      }
    }
    return all;
  }

  boolean accepts(String text) {
    BitSet states = closure(List.of(start));
    for (int codePoint : text.codePoints().toArray()) {
      List<Integer> next = new ArrayList<>();
      reads(states).stream().filter(read -> read.on.contains(codePoint)).forEach(read -> next.add(read.to));
      states = closure(next);
    }
    return states.get(accept);
  }
}
