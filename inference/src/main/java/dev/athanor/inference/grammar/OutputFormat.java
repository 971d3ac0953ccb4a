package dev.athanor.inference.grammar;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// What an answer must be.
public sealed interface OutputFormat {
  /// Any JSON object.
  record JsonObject(JsonStyle style) implements OutputFormat {}

  /// JSON that is valid under a schema; docs/serving.md lists what is understood.
  ///
  /// @param closed where a schema lists properties and does not speak of additional ones, there are none; without it the
  ///     standard's reading: anything may be added
  record JsonSchema(JsonNode schema, JsonStyle style, boolean closed) implements OutputFormat {
    public JsonSchema {
      schema = schema.deepCopy();
    }
  }

  /// The whole answer matches a regular expression, in what ECMAScript and Java have in common.
  record Regex(String pattern) implements OutputFormat {}

  /// One of some texts.
  record Choice(List<String> texts) implements OutputFormat {
    public Choice {
      texts = List.copyOf(texts);
    }
  }

  /// A grammar in the manner of GBNF; the answer is a `root`.
  record Gbnf(String grammar) implements OutputFormat {}
}
