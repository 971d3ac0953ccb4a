package dev.athanor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What expressions of a template give: Python's values, as far as templates meet them.
public sealed interface Value
    permits Text, Value.Bool, Value.Int, Value.Real, Value.None, Value.Undefined, Value.Items, Value.Dict, Value.Namespace,
        Value.Function, Loop {

  record Bool(boolean value) implements Value {}

  record Int(long value) implements Value {}

  record Real(double value) implements Value {}

  /// Python's None.
  record None() implements Value {}

  /// What is not there. It prints as nothing; going on from it is an error.
  ///
  /// @param what for that error, such as "'tools' is undefined"
  record Undefined(String what) implements Value {}

  /// A list or a tuple.
  record Items(List<Value> values, boolean tuple) implements Value {
    public Items {
      values = List.copyOf(values);
    }

    static Items list(List<? extends Value> values) {
      return new Items(List.copyOf(values), false);
    }
  }

  record Dict(Map<Value, Value> entries) implements Value {
    public Dict {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /// The one value that `set` may change: `{% set ns.found = true %}`.
  record Namespace(Map<String, Value> attributes) implements Value {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /// A macro, a method or a global function.
  record Function(String name, Body body) implements Value {
    /// What a call does.
    @FunctionalInterface
    interface Body {
      Value call(Arguments arguments);
    }
  }

  /// @param source who wrote the texts in it
  static Value of(JsonNode node, int source) {
    if (node.isString()) {
      return Text.of(node.stringValue(), source);
    }
    if (node.isBoolean()) {
      return new Bool(node.booleanValue());
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return new Int(node.longValue());
    }
    if (node.isNumber()) {
      return new Real(node.doubleValue());
    }
    if (node.isArray()) {
      List<Value> values = new ArrayList<>();
      node.forEach(element -> values.add(of(element, source)));
      return Items.list(values);
    }
    if (node.isObject()) {
      Map<Value, Value> entries = new LinkedHashMap<>();
      node.properties().forEach(e -> entries.put(Text.of(e.getKey(), source), of(e.getValue(), source)));
      return new Dict(entries);
    }
    return new None();
  }
}
