package dev.athanor.inference.grammar;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Values as the JSON text that is generated for them.
final class JsonText {
  static final JsonNode FALSE = JsonNodeFactory.instance.booleanNode(false);

  private JsonText() {}

  /// Equal for equal values, as JSON Schema has it: 1 is 1.0, and the order of an object's properties does not count.
  static String key(JsonNode value) {
    if (value.isObject()) {
      Map<String, String> sorted = new TreeMap<>();
      value.properties().forEach(entry -> sorted.put(Utf8.quote(entry.getKey()), key(entry.getValue())));
      return sorted.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue()).collect(Collectors.joining(",", "{", "}"));
    }
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false).map(JsonText::key).collect(Collectors.joining(",", "[", "]"));
    }
    return scalar(value);
  }

  /// A value that is neither object nor array.
  static String scalar(JsonNode value) {
    if (value.isString()) {
      return Utf8.quote(value.stringValue());
    }
    if (!value.isNumber()) {
      return value.toString();
    }
    BigDecimal number = value.decimalValue();
    if (number.signum() == 0) {
      return "0";
    }
    number = number.stripTrailingZeros();
    boolean plain = number.scale() > -22 && number.scale() < 40;
    return plain ? number.toPlainString() : number.toString();
  }

  /// Adds a value's text.
  static void add(Nfa nfa, JsonStyle style, int from, JsonNode value, int to) {
    if (!value.isContainer() || value.isEmpty()) {
      nfa.literal(from, value.isContainer() ? (value.isObject() ? "{}" : "[]") : scalar(value), to);
      return;
    }
    boolean object = value.isObject();
    int at = from;
    boolean first = true;
    var names = object ? value.propertyNames().iterator() : null;
    for (JsonNode element : value) {
      int mark = nfa.state();
      int name = nfa.state();
      int next = nfa.state();
      nfa.literal(at, first ? (object ? "{" : "[") : ",", mark);
      if (first) {
        style.insideBracket(nfa, mark, name);
      } else {
        style.afterComma(nfa, mark, name);
      }
      if (names != null) {
        int colon = nfa.state();
        int begin = nfa.state();
        nfa.literal(name, Utf8.quote(names.next()) + ":", colon);
        style.afterColon(nfa, colon, begin);
        name = begin;
      }
      add(nfa, style, name, element, next);
      at = next;
      first = false;
    }
    int end = nfa.state();
    style.insideBracket(nfa, at, end);
    nfa.literal(end, object ? "}" : "]", to);
  }
}
