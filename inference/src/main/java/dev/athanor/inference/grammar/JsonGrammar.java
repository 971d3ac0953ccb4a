package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Builds the automata for the JSON texts that are valid under a schema. Objects and arrays are rules, so that schemas may
/// recur; everything else is built into them.
///
/// A value has one text but for white space and the ways to write a number: strings escape what they must and nothing else,
/// properties come in the schema's order and additional ones after them. So what is generated is always valid, and what is
/// valid can be generated when it is written in that way.
final class JsonGrammar {
  private static final int MAX_ONE_OF_PAIRS = 1_000;
  /// Strings that may be longer are a rule, built once for all places that allow the same.
  private static final int SHORT = 64;
  /// So many items are built into their array.
  private static final int FEW = 4;

  private interface Body {
    void build(int from, int to);
  }

  private record Pending(int rule, Body body) {}

  private final JsonStyle style;
  private final boolean closed;
  private final Budget budget;
  private final Nfa nfa;
  private final Alternatives alternatives;
  private final Scalars scalars;
  private final Map<String, Integer> rules = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final Deque<Pending> pending = new ArrayDeque<>();

  private JsonGrammar(JsonNode schema, JsonStyle style, boolean closed, Budget budget) {
    this.style = style;
    this.closed = closed;
    this.budget = budget;
    this.nfa = new Nfa(budget);
    this.alternatives = new Alternatives(schema, budget);
    this.scalars = new Scalars(budget);
  }

  /// @throws UserException for what is not supported, with the keyword and its place
  static Network compile(JsonNode schema, JsonStyle style, boolean closed, boolean[] available, Budget budget) {
    JsonGrammar grammar = new JsonGrammar(schema, style, closed, budget);
    int root = grammar.build(List.of(grammar.alternatives.root()));
    Map<String, List<Schema>> oneOfs = new HashMap<>(grammar.alternatives.oneOfs());
    oneOfs.forEach((at, options) -> refuseOverlap(schema, closed, at, options, budget));
    return Determinizer.run(grammar.nfa, root, available, grammar.names);
  }

  /// An automaton cannot tell that exactly one of several schemas holds; it need not where no value satisfies two of them.
  private static void refuseOverlap(JsonNode schema, boolean closed, String at, List<Schema> options, Budget budget) {
    if (options.size() * (options.size() - 1) / 2 > MAX_ONE_OF_PAIRS) {
      throw new UserException("schema at #" + at + ": too many alternatives to compare each with each; use anyOf");
    }
    for (int i = 0; i < options.size(); i++) {
      for (int j = i + 1; j < options.size(); j++) {
        JsonGrammar both = new JsonGrammar(schema, JsonStyle.COMPACT, closed, budget);
        int root = both.build(List.of(options.get(i), options.get(j)));
        if (both.nfa.matchesAnything(root)) {
          throw new UserException(
              ("schema at #%s: a value can satisfy the alternatives %d and %d at once, and then oneOf refuses it; use anyOf, or tell"
                      + " them apart by a required property with a const")
                  .formatted(at, i, j));
        }
      }
    }
  }

  private int build(List<Schema> all) {
    int root = rule("", (from, to) -> value(all, from, to));
    while (!pending.isEmpty()) {
      Pending next = pending.remove();
      next.body.build(nfa.start(next.rule), nfa.accept(next.rule));
    }
    return root;
  }

  private int rule(String key, Body body) {
    Integer known = rules.get(key);
    if (known == null) {
      known = nfa.rule();
      rules.put(key, known);
      names.add(key);
      pending.add(new Pending(known, body));
    }
    return known;
  }

  private static String key(String prefix, Collection<Schema> all) {
    StringBuilder key = new StringBuilder(prefix);
    all.stream().map(Schema::at).sorted().forEach(at -> key.append('#').append(at));
    return key.toString();
  }

  /// Any value that satisfies all of some schemas.
  private void value(List<Schema> all, int from, int to) {
    List<Facts> objects = new ArrayList<>();
    List<Facts> arrays = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (List<Schema> alternative : alternatives.of(all)) {
      budget.spend(1);
      Facts facts = new Facts(alternative, closed);
      Iterable<JsonNode> values = facts.values();
      if (values != null) {
        constants(facts, values, seen, from, to);
        continue;
      }
      for (Facts.Kind kind : facts.kinds()) {
        switch (kind) {
          case NULL -> literal("null", seen, from, to);
          case BOOLEAN -> {
            literal("true", seen, from, to);
            literal("false", seen, from, to);
          }
          case NUMBER -> nfa.automaton(from, scalars.numbers(facts), false, to);
          case STRING -> string(facts, from, to);
          case ARRAY -> arrays.add(facts);
          case OBJECT -> objects.add(facts);
        }
      }
    }
    // All objects in one rule: what they have in common at the beginning is then read once.
    if (!objects.isEmpty()) {
      nfa.call(from, rule(key("object", objects), (f, t) -> objects.forEach(facts -> object(facts, f, t))), to);
    }
    if (!arrays.isEmpty()) {
      nfa.call(from, rule(key("array", arrays), (f, t) -> arrays.forEach(facts -> array(facts, f, t))), to);
    }
  }

  private static String key(String prefix, List<Facts> all) {
    StringBuilder key = new StringBuilder(prefix);
    all.stream().map(facts -> key("/", facts.parts())).sorted().forEach(key::append);
    return key.toString();
  }

  private void literal(String text, Set<String> seen, int from, int to) {
    if (seen.add(text)) {
      nfa.literal(from, text, to);
    }
  }

  private void constants(Facts facts, Iterable<JsonNode> values, Set<String> seen, int from, int to) {
    Validity validity = new Validity(alternatives, scalars, closed);
    for (JsonNode value : values) {
      budget.spend(1);
      if (validity.of(facts, value) && seen.add(JsonText.key(value))) {
        JsonText.add(nfa, style, from, value, to);
      }
    }
  }

  private void string(Facts facts, int from, int to) {
    boolean any = facts.patterns().isEmpty() && facts.formats().isEmpty() && facts.minLength() == 0 && facts.maxLength() < 0;
    boolean small = facts.patterns().isEmpty() && facts.formats().isEmpty() && Math.max(facts.minLength(), facts.maxLength()) <= SHORT;
    if (any || small) {
      stringBody(facts, from, to);
      return;
    }
    String key = "string " + facts.minLength() + " " + facts.maxLength() + " " + facts.patterns().keySet() + facts.formats().keySet();
    nfa.call(from, rule(key, (f, t) -> stringBody(facts, f, t)), to);
  }

  private void stringBody(Facts facts, int from, int to) {
    int open = nfa.state();
    int close = nfa.state();
    nfa.literal(from, "\"", open);
    nfa.literal(close, "\"", to);
    CharAutomaton strings = scalars.strings(facts);
    if (strings == null) {
      nfa.characters(open, CodePoints.ALL, true, open);
      nfa.skip(open, close);
    } else {
      nfa.automaton(open, strings, true, close);
    }
  }

  /// A place in an object.
  ///
  /// @param next the listed property that may come next; behind the last: additional ones; one more: when there was one
  /// @param count how many there are so far, no larger than matters
  /// @param distinct how many of those are certainly not the same
  private record Place(int next, int count, int distinct) {}

  private void object(Facts facts, int from, int to) {
    List<String> listed = facts.properties();
    Set<String> required = facts.required();
    int most = facts.maxProperties();
    int least = facts.minProperties();
    int open = nfa.state();
    nfa.literal(from, "{", open);
    Map<Place, Integer> known = new HashMap<>();
    Deque<Place> todo = new ArrayDeque<>();
    Place first = new Place(0, 0, 0);
    known.put(first, open);
    todo.add(first);
    List<NameRegion> regions = NameRegion.of(facts, listed, scalars, alternatives, closed, budget);
    while (!todo.isEmpty()) {
      Place place = todo.remove();
      int here = known.getOrDefault(place, -1);
      boolean room = most < 0 || place.count < most;
      int count = Math.min(place.count + 1, Math.max(1, most));
      if (place.next >= listed.size()) {
        if (place.distinct >= least) {
          endOf(here, place.count == 0, "}", to);
        }
        int distinct = Math.min(least, place.distinct + (place.next == listed.size() ? 1 : 0));
        Place after = new Place(listed.size() + 1, count, distinct);
        for (NameRegion region : room ? regions : List.<NameRegion>of()) {
          int name = separated(here, place.count == 0);
          int colon = nfa.state();
          region.add(nfa, name, colon);
          member(colon, facts.property(null, region.matched()), state(after, known, todo));
        }
        continue;
      }
      String property = listed.get(place.next);
      if (!required.contains(property)) {
        nfa.skip(here, state(new Place(place.next + 1, place.count, place.distinct), known, todo));
      }
      if (room) {
        Place after = new Place(place.next + 1, count, Math.min(least, place.distinct + 1));
        Set<String> matched = NameRegion.matching(facts, property, scalars);
        if (NameRegion.allows(facts, property, scalars, alternatives, closed)) {
          // Whether it is the first makes a difference before the name only.
          Place shared = new Place(~place.next, count, after.distinct);
          Integer name = known.get(shared);
          if (name == null) {
            name = nfa.state();
            known.put(shared, name);
            int colon = nfa.state();
            nfa.literal(name, Utf8.quote(property), colon);
            member(colon, facts.property(property, matched), state(after, known, todo));
          }
          nfa.skip(separated(here, place.count == 0), name);
        }
      }
    }
  }

  private int state(Place place, Map<Place, Integer> known, Deque<Place> todo) {
    Integer state = known.get(place);
    if (state == null) {
      state = nfa.state();
      known.put(place, state);
      todo.add(place);
    }
    return state;
  }

  private int separated(int from, boolean first) {
    int to = nfa.state();
    if (first) {
      style.insideBracket(nfa, from, to);
    } else {
      int comma = nfa.state();
      nfa.literal(from, ",", comma);
      style.afterComma(nfa, comma, to);
    }
    return to;
  }

  private void endOf(int from, boolean empty, String bracket, int to) {
    int at = from;
    if (!empty) {
      at = nfa.state();
      style.insideBracket(nfa, from, at);
    }
    nfa.literal(at, bracket, to);
  }

  private void member(int from, List<Schema> all, int to) {
    int colon = nfa.state();
    int begin = nfa.state();
    nfa.literal(from, ":", colon);
    style.afterColon(nfa, colon, begin);
    value(all, begin, to);
  }

  private void array(Facts facts, int from, int to) {
    int least = facts.minItems();
    int most = facts.maxItems();
    if (most >= 0 && most < least) {
      return;
    }
    int chain = most >= 0 ? most : Math.max(1, Math.max(facts.prefixItems(), least));
    boolean inside = chain <= FEW + facts.prefixItems();
    int at = nfa.state();
    nfa.literal(from, "[", at);
    for (int i = 0; ; i++) {
      if (i >= least) {
        endOf(at, i == 0, "]", to);
      }
      if (i == chain) {
        break;
      }
      int next = nfa.state();
      item(facts, i, inside, separated(at, i == 0), next);
      at = next;
    }
    if (most < 0) {
      item(facts, chain, inside, separated(at, false), at);
    }
  }

  private void item(Facts facts, int index, boolean inside, int from, int to) {
    List<Schema> all = facts.item(index);
    if (inside) {
      value(all, from, to);
    } else {
      nfa.call(from, rule(key("item", (Collection<Schema>) all), (f, t) -> value(all, f, t)), to);
    }
  }
}
