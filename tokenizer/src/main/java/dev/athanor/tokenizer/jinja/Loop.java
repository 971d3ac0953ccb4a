package dev.athanor.tokenizer.jinja;

import java.util.List;
import java.util.Optional;

/// `loop` inside a `for`.
///
/// @param depth 1 for the outermost
record Loop(List<Value> values, int index, int depth) implements Value {
  Optional<Value> attribute(String name) {
    int size = values.size();
    return switch (name) {
      case "index" -> Optional.of(new Value.Int(index + 1));
      case "index0" -> Optional.of(new Value.Int(index));
      case "revindex" -> Optional.of(new Value.Int(size - index));
      case "revindex0" -> Optional.of(new Value.Int(size - index - 1));
      case "first" -> Optional.of(new Value.Bool(index == 0));
      case "last" -> Optional.of(new Value.Bool(index == size - 1));
      case "length" -> Optional.of(new Value.Int(size));
      case "depth" -> Optional.of(new Value.Int(depth));
      case "depth0" -> Optional.of(new Value.Int(depth - 1));
      case "previtem" ->
          Optional.of(index == 0 ? new Value.Undefined("there is no previous item") : values.get(index - 1));
      case "nextitem" ->
          Optional.of(index == size - 1 ? new Value.Undefined("there is no next item") : values.get(index + 1));
      case "cycle" ->
          Optional.of(
              new Value.Function(
                  name,
                  a -> {
                    if (a.positional().isEmpty()) {
                      throw new JinjaError("no items for cycling given");
                    }
                    return a.positional().get(index % a.positional().size());
                  }));
      default -> Optional.empty();
    };
  }
}
