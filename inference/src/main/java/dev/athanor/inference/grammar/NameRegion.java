package dev.athanor.inference.grammar;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Names of properties that no schema lists and that the same name patterns match.
///
/// @param matched those patterns
/// @param names null: any string
record NameRegion(Set<String> matched, @Nullable CharAutomaton names) {
  private static final int MAX_PATTERNS = 6;

  /// Every name that is not listed is in one of them.
  static List<NameRegion> of(
      Facts facts, List<String> listed, Scalars scalars, Alternatives alternatives, boolean closed, Budget budget) {
    List<String> patterns = facts.namePatterns();
    if (patterns.size() > MAX_PATTERNS) {
      throw facts.tooMany("patternProperties", "more than " + MAX_PATTERNS + " patterns are not supported");
    }
    List<NameRegion> regions = new ArrayList<>();
    for (int choice = 0; choice < 1 << patterns.size(); choice++) {
      Set<String> matched = new HashSet<>();
      for (int i = 0; i < patterns.size(); i++) {
        if ((choice >> i & 1) == 1) {
          matched.add(patterns.get(i));
        }
      }
      if (facts.property(null, matched).stream().anyMatch(schema -> schema.node().equals(JsonText.FALSE))) {
        continue;
      }
      List<CharAutomaton> all = new ArrayList<>();
      if (!listed.isEmpty()) {
        var literals = new Expression.Choice(listed.stream().map(Expression::literal).toList());
        all.add(CharAutomaton.matching(literals, budget).complement());
      }
      for (String pattern : patterns) {
        Schema holder = holder(facts, pattern);
        CharAutomaton names = CharAutomaton.containing(scalars.parsed(pattern, holder, "patternProperties"), budget);
        all.add(matched.contains(pattern) ? names : names.complement());
      }
      if (!facts.propertyNames().isEmpty()) {
        all.add(strings(facts.propertyNames(), scalars, alternatives, closed, budget));
      }
      regions.add(new NameRegion(matched, all.stream().reduce(CharAutomaton::intersect).orElse(null)));
    }
    return regions;
  }

  private static CharAutomaton strings(
      List<Schema> schemas, Scalars scalars, Alternatives alternatives, boolean closed, Budget budget) {
    List<CharAutomaton> any = new ArrayList<>();
    Validity validity = new Validity(alternatives, scalars, closed);
    for (List<Schema> alternative : alternatives.of(schemas)) {
      Facts facts = new Facts(alternative, closed);
      Iterable<JsonNode> values = facts.values();
      if (values != null) {
        List<Expression> names = new ArrayList<>();
        for (JsonNode value : values) {
          if (value.isString() && validity.of(facts, value)) {
            names.add(Expression.literal(value.stringValue()));
          }
        }
        any.add(CharAutomaton.matching(new Expression.Choice(names), budget));
      } else if (facts.kinds().contains(Facts.Kind.STRING)) {
        CharAutomaton strings = scalars.strings(facts);
        any.add(strings == null ? CharAutomaton.ofLength(0, -1, budget) : strings);
      }
    }
    return CharAutomaton.union(any, budget);
  }

  private static Schema holder(Facts facts, String pattern) {
    return facts.parts().stream()
        .filter(part -> part.names("patternProperties").contains(pattern))
        .findFirst()
        .orElseThrow();
  }

  /// The name patterns that match a name.
  static Set<String> matching(Facts facts, String name, Scalars scalars) {
    Set<String> matched = new HashSet<>();
    for (String pattern : facts.namePatterns()) {
      if (scalars.contains(pattern, holder(facts, pattern), name)) {
        matched.add(pattern);
      }
    }
    return matched;
  }

  /// Whether `propertyNames` allows a name.
  static boolean allows(Facts facts, String name, Scalars scalars, Alternatives alternatives, boolean closed) {
    List<Schema> schemas = facts.propertyNames();
    return schemas.isEmpty()
        || new Validity(alternatives, scalars, closed).of(schemas, JsonNodeFactory.instance.stringNode(name));
  }

  /// Adds the names as JSON strings.
  void add(Nfa nfa, int from, int to) {
    int open = nfa.state();
    int close = nfa.state();
    nfa.literal(from, "\"", open);
    if (names == null) {
      nfa.characters(open, CodePoints.ALL, true, open);
      nfa.skip(open, close);
    } else {
      nfa.automaton(open, names, true, close);
    }
    nfa.literal(close, "\"", to);
  }
}
