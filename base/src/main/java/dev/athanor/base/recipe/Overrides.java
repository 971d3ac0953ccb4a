package dev.athanor.base.recipe;

import dev.athanor.base.recipe.Node.Entry;
import dev.athanor.base.recipe.Node.Mapping;
import dev.athanor.base.recipe.Node.Nothing;
import dev.athanor.base.recipe.Node.Scalar;
import dev.athanor.base.recipe.Node.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values set from the command line over those of the file: `pretrain.budget=30s`, `collect.sources.0.maven=[a:b:1]`.
final class Overrides {
  private final Problems problems;

  Overrides(Problems problems) {
    this.problems = problems;
  }

  Node apply(Node root, List<String> overrides) {
    Node result = root;
    for (String override : overrides) {
      result = apply(result, override);
    }
    return result;
  }

  private Node apply(Node root, String override) {
    int equals = override.indexOf('=');
    if (equals <= 0) {
      problems.add(Position.of("--set " + override), "expected key=value, such as pretrain.budget=30s");
      return root;
    }
    String path = override.substring(0, equals);
    Position at = Position.of("--set " + path);
    Node value = YamlReader.read(override.substring(equals + 1), (line, column) -> at, problems);
    return value == null ? root : set(root, Arrays.asList(path.split("\\.", -1)), value, at);
  }

  private Node set(@Nullable Node node, List<String> path, Node value, Position at) {
    if (path.isEmpty()) {
      return value;
    }
    String key = path.getFirst();
    List<String> rest = path.subList(1, path.size());
    return switch (node) {
      case null -> setKey(new Mapping(at, List.of()), key, rest, value, at);
      case Nothing nothing -> setKey(new Mapping(nothing.at(), List.of()), key, rest, value, at);
      case Mapping mapping -> setKey(mapping, key, rest, value, at);
      case Sequence sequence -> setItem(sequence, key, rest, value, at);
      case Scalar scalar -> {
        problems.add(at, "nothing can be set below " + scalar.describe() + " (" + scalar.at() + ")");
        yield scalar;
      }
    };
  }

  private Node setKey(Mapping mapping, String key, List<String> rest, Node value, Position at) {
    List<Entry> entries = new ArrayList<>(mapping.entries());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (Names.normal(entry.key()).equals(Names.normal(key))) {
        entries.set(i, new Entry(entry.keyAt(), entry.key(), set(entry.value(), rest, value, at)));
        return new Mapping(mapping.at(), List.copyOf(entries));
      }
    }
    entries.add(new Entry(at, key, set(null, rest, value, at)));
    return new Mapping(mapping.at(), List.copyOf(entries));
  }

  private Node setItem(Sequence sequence, String key, List<String> rest, Node value, Position at) {
    List<Node> items = new ArrayList<>(sequence.items());
    if (!key.matches("[0-9]{1,6}") || Integer.parseInt(key) >= items.size()) {
      problems.add(
          at, "'%s' is no place in the list of %d (%s); they count from 0".formatted(key, items.size(), sequence.at()));
      return sequence;
    }
    int index = Integer.parseInt(key);
    items.set(index, set(items.get(index), rest, value, at));
    return new Sequence(sequence.at(), List.copyOf(items));
  }
}
