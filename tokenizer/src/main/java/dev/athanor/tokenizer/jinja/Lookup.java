package dev.athanor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `target.name`, `target[key]` and `target[start:stop:step]`.
final class Lookup {
  private Lookup() {}

  /// A method or attribute before an entry.
  static Value attribute(Value target, String name) {
    return Methods.find(target, name).or(() -> entry(target, Text.of(name))).orElseGet(() -> missing(target, name));
  }

  /// An entry before a method or attribute.
  static Value item(Value target, Value key) {
    return entry(target, key)
        .or(() -> key instanceof Text name ? Methods.find(target, name.value()) : Optional.empty())
        .orElseGet(() -> missing(target, Python.str(key).value()));
  }

  private static Value missing(Value target, String name) {
    if (target instanceof Value.Undefined undefined) {
      throw new JinjaError(undefined.what());
    }
    return new Value.Undefined("a " + Python.kind(target) + " has no '" + name + "'");
  }

  private static Optional<Value> entry(Value target, Value key) {
    if (target instanceof Value.Dict dict) {
      return Optional.ofNullable(dict.entries().get(key));
    }
    if (!(key instanceof Value.Int || key instanceof Value.Bool)) {
      return Optional.empty();
    }
    int size = target instanceof Text text ? text.codePoints() : target instanceof Value.Items items ? items.values().size() : 0;
    int index = Python.index(key);
    int at = index < 0 ? index + size : index;
    if (at < 0 || at >= size) {
      return Optional.empty();
    }
    return Optional.of(target instanceof Text text ? text.codePoint(at) : ((Value.Items) target).values().get(at));
  }

  static Value slice(Value target, @Nullable Value start, @Nullable Value stop, @Nullable Value step) {
    if (!(target instanceof Text || target instanceof Value.Items)) {
      throw new JinjaError(Python.kind(target) + (target instanceof Value.Undefined ? "" : " cannot be sliced"));
    }
    List<Value> values = Python.iterate(target);
    int size = values.size();
    int by = number(step, 1);
    if (by == 0) {
      throw new JinjaError("slice step cannot be zero");
    }
    int low = by > 0 ? 0 : -1;
    int high = by > 0 ? size : size - 1;
    int from = bound(start, by > 0 ? low : high, size, low, high);
    int to = bound(stop, by > 0 ? high : low, size, low, high);
    List<Value> cut = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      cut.add(values.get((int) i));
    }
    return target instanceof Value.Items items ? new Value.Items(cut, items.tuple()) : Strings.join(Text.EMPTY, cut);
  }

  private static int number(@Nullable Value value, int otherwise) {
    return value == null || value instanceof Value.None ? otherwise : Python.index(value);
  }

  private static int bound(@Nullable Value value, int otherwise, int size, int low, int high) {
    if (value == null || value instanceof Value.None) {
      return otherwise;
    }
    int index = Python.index(value);
    return Math.clamp(index < 0 ? (long) index + size : index, low, high);
  }
}
