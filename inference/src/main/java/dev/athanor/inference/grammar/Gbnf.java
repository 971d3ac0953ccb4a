package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A grammar of named rules. A rule that does not lead back to itself is built into its callers as long as it stays small,
/// so that a grammar without recursion becomes one finite automaton.
final class Gbnf {
  /// Rules whose expressions have more nodes than this, with all that they name, are called instead.
  private static final int INLINE = 400;

  private final Map<String, Expression> rules;
  private final Map<String, Integer> sizes = new HashMap<>();
  private final Set<String> recursive = new HashSet<>();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();
  private final Nfa nfa;

  private Gbnf(Map<String, Expression> rules, Nfa nfa) {
    this.rules = rules;
    this.nfa = nfa;
  }

  /// @throws UserException where it is no grammar, with line and column
  static Network compile(String text, boolean[] available, Budget budget) {
    Gbnf grammar = new Gbnf(GbnfParser.parse(text), new Nfa(budget));
    for (String name : grammar.rules.keySet()) {
      grammar.size(name, new ArrayList<>());
    }
    int root = grammar.number("root");
    List<String> built = grammar.names;
    // Grows while it runs.
    for (int i = 0; i < built.size(); i++) {
      Expression body = grammar.rules.getOrDefault(built.get(i), Expression.EMPTY);
      grammar.add(body, grammar.nfa.start(i), grammar.nfa.accept(i));
    }
    return Determinizer.run(grammar.nfa, root, available, built);
  }

  private int number(String name) {
    return numbers.computeIfAbsent(
        name,
        _ -> {
          names.add(name);
          return nfa.rule();
        });
  }

  /// Nodes of a rule with all that it names, at most a little over the limit; finds what leads back to itself.
  private int size(String name, List<String> path) {
    int before = path.indexOf(name);
    if (before >= 0) {
      recursive.addAll(path.subList(before, path.size()));
      return INLINE + 1;
    }
    Integer known = sizes.get(name);
    if (known != null) {
      return known;
    }
    path.add(name);
    int size = size(rules.getOrDefault(name, Expression.EMPTY), path);
    path.removeLast();
    sizes.put(name, size);
    return size;
  }

  private int size(Expression expression, List<String> path) {
    nfa.budget().spend(1 + path.size());
    long size =
        switch (expression) {
          case Expression.Chars _ -> 1;
          case Expression.Anchor _ -> 1;
          case Expression.Name name -> size(name.rule(), path);
          case Expression.Sequence all -> all.parts().stream().mapToLong(part -> size(part, path)).sum() + 1;
          case Expression.Choice all -> all.options().stream().mapToLong(part -> size(part, path)).sum() + 1;
          case Expression.Repeat repeat -> (1L + Math.max(repeat.min(), repeat.max())) * size(repeat.body(), path) + 1;
        };
    return (int) Math.min(size, 1_000_000);
  }

  private void add(Expression expression, int from, int to) {
    nfa.budget().spend(1);
    switch (expression) {
      case Expression.Chars chars -> nfa.characters(from, chars.set(), false, to);
      case Expression.Anchor _ -> throw new IllegalArgumentException("a grammar has no anchors");
      case Expression.Name name -> {
        if (recursive.contains(name.rule()) || sizes.getOrDefault(name.rule(), INLINE + 1) > INLINE) {
          nfa.call(from, number(name.rule()), to);
        } else {
          add(rules.getOrDefault(name.rule(), Expression.EMPTY), from, to);
        }
      }
      case Expression.Sequence sequence -> {
        int at = from;
        for (Expression part : sequence.parts()) {
          int next = nfa.state();
          add(part, at, next);
          at = next;
        }
        nfa.skip(at, to);
      }
      case Expression.Choice choice -> choice.options().forEach(option -> add(option, from, to));
      case Expression.Repeat repeat -> addRepeat(repeat, from, to);
    }
  }

  private void addRepeat(Expression.Repeat repeat, int from, int to) {
    int at = nfa.state();
    nfa.skip(from, at);
    for (int i = 0; i < Math.max(repeat.min(), repeat.max()); i++) {
      if (i >= repeat.min()) {
        nfa.skip(at, to);
      }
      int next = nfa.state();
      add(repeat.body(), at, next);
      at = next;
    }
    if (repeat.max() < 0) {
      int loop = nfa.state();
      nfa.skip(at, loop);
      add(repeat.body(), loop, loop);
      at = loop;
    }
    nfa.skip(at, to);
  }
}
