package dev.athanor.inference.grammar;

import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Whether a value is valid under schemas: which of the values that `enum` and `const` list the other keywords leave.
final class Validity {
  private final Alternatives alternatives;
  private final Scalars scalars;
  private final boolean closed;

  Validity(Alternatives alternatives, Scalars scalars, boolean closed) {
    this.alternatives = alternatives;
    this.scalars = scalars;
    this.closed = closed;
  }

  /// Under all of the schemas.
  boolean of(List<Schema> schemas, JsonNode value) {
    return alternatives.of(schemas).stream().anyMatch(alternative -> of(new Facts(alternative, closed), value));
  }

  boolean of(Facts facts, JsonNode value) {
    Facts.Kind kind = Facts.Kind.of(value);
    Iterable<JsonNode> values = facts.values();
    if (!facts.kinds().contains(kind) || (values != null && !listed(values, value))) {
      return false;
    }
    return switch (kind) {
      case NULL, BOOLEAN -> true;
      case NUMBER -> Scalars.allows(facts, value.decimalValue());
      case STRING -> {
        CharAutomaton strings = scalars.strings(facts);
        yield strings == null || strings.accepts(value.stringValue());
      }
      case ARRAY -> array(facts, value);
      case OBJECT -> object(facts, value);
    };
  }

  private static boolean listed(Iterable<JsonNode> values, JsonNode value) {
    String key = JsonText.key(value);
    for (JsonNode one : values) {
      if (JsonText.key(one).equals(key)) {
        return true;
      }
    }
    return false;
  }

  private boolean array(Facts facts, JsonNode value) {
    if (value.size() < facts.minItems() || (facts.maxItems() >= 0 && value.size() > facts.maxItems())) {
      return false;
    }
    for (int i = 0; i < value.size(); i++) {
      if (!of(facts.item(i), value.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean object(Facts facts, JsonNode value) {
    if (value.size() < facts.minProperties() || (facts.maxProperties() >= 0 && value.size() > facts.maxProperties())) {
      return false;
    }
    List<String> listed = facts.properties();
    for (String name : facts.required()) {
      if (!value.has(name)) {
        return false;
      }
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      String name = entry.getKey();
      Set<String> matched = NameRegion.matching(facts, name, scalars);
      if (!NameRegion.allows(facts, name, scalars, alternatives, closed)
          || !of(facts.property(listed.contains(name) ? name : null, matched), entry.getValue())) {
        return false;
      }
    }
    return true;
  }
}
