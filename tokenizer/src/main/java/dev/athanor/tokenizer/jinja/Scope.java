package dev.athanor.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Names and their values; what is set in an inner scope is not seen outside.
final class Scope {
  private final Map<String, Value> values;
  private final @Nullable Scope outer;

  private Scope(Map<String, Value> values, @Nullable Scope outer) {
    this.values = values;
    this.outer = outer;
  }

  static Scope outermost(Map<String, Value> values) {
    return new Scope(new HashMap<>(values), null);
  }

  Scope inner() {
    return new Scope(new HashMap<>(), this);
  }

  void set(String name, Value value) {
    values.put(name, value);
  }

  Value get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Value value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Value.Undefined("'" + name + "' is undefined");
  }
}
