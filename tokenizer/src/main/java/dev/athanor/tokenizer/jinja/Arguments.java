package dev.athanor.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a call, a filter or a test is given.
record Arguments(List<Value> positional, Map<String, Value> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  Optional<Value> find(int index, String name) {
    if (index < positional.size()) {
      return Optional.of(positional.get(index));
    }
    return Optional.ofNullable(named.get(name));
  }

  Value need(int index, String name) {
    return find(index, name).orElseThrow(() -> new JinjaError("the argument '" + name + "' is missing"));
  }

  Text text(int index, String name) {
    return Python.text(need(index, name));
  }

  boolean flag(int index, String name, boolean otherwise) {
    return find(index, name).map(Python::truth).orElse(otherwise);
  }

  int number(int index, String name, int otherwise) {
    return find(index, name).filter(v -> !(v instanceof Value.None)).map(v -> Python.index(v)).orElse(otherwise);
  }

  Arguments from(int index) {
    return new Arguments(positional.subList(Math.min(index, positional.size()), positional.size()), named);
  }
}
