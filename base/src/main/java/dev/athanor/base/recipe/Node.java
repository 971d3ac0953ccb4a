package dev.athanor.base.recipe;

import java.util.List;
import java.util.stream.Collectors;

/// A piece of YAML that knows where it stands.
sealed interface Node {
  Position at();

  /// How the piece is shown in a message.
  String describe();

  /// @param text as written, without quotes
  record Scalar(Position at, String text) implements Node {
    @Override
    public String describe() {
      return "'" + text + "'";
    }
  }

  /// No value at all: `key:` or `key: null`.
  record Nothing(Position at) implements Node {
    @Override
    public String describe() {
      return "nothing";
    }
  }

  record Sequence(Position at, List<Node> items) implements Node {
    @Override
    public String describe() {
      return "a list";
    }
  }

  record Mapping(Position at, List<Entry> entries) implements Node {
    @Override
    public String describe() {
      return entries.isEmpty()
          ? "an empty mapping"
          : "a mapping with the keys " + entries.stream().map(Entry::key).collect(Collectors.joining(", "));
    }
  }

  /// @param keyAt where the key stands
  record Entry(Position keyAt, String key, Node value) {}
}
