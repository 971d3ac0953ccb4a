package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// A schema inside a document.
///
/// @param at where, as a JSON pointer behind `#`: two of the same place are the same
record Schema(JsonNode node, String at) {
  private static final Set<String> ASSERTIONS =
      Set.of(
          "type", "enum", "const", "nullable", "$ref", "allOf", "anyOf", "oneOf", "properties", "required",
          "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties", "items",
          "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern",
          "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");

  /// They say nothing about what is valid.
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "example",
          "deprecated", "readOnly", "writeOnly", "contentMediaType", "contentEncoding", "contentSchema", "discriminator",
          "externalDocs", "xml");

  private static final Set<String> UNSUPPORTED =
      Set.of(
          "not", "if", "then", "else", "contains", "minContains", "maxContains", "dependentRequired", "dependentSchemas",
          "dependencies", "unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$dynamicAnchor", "$recursiveRef",
          "$recursiveAnchor", "$anchor", "$vocabulary", "id", "extends", "disallow", "divisibleBy");

  /// @throws UserException when it is no schema or holds a keyword that is not supported
  Schema {
    if (!node.isObject() && !node.isBoolean()) {
      throw new UserException("schema " + shown(at) + ": a schema is an object, true or false, not " + shorten(node));
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String keyword = entry.getKey();
      boolean known = ASSERTIONS.contains(keyword) || ANNOTATIONS.contains(keyword) || keyword.startsWith("x-");
      // Another base for references changes what they mean; at the root it is a name only.
      if (!known && !(keyword.equals("$id") && at.isEmpty())) {
        throw new UserException(
            "schema "
                + shown(at)
                + ": the keyword '"
                + (keyword.length() > 60 ? keyword.substring(0, 60) + "…" : keyword)
                + (UNSUPPORTED.contains(keyword) || keyword.equals("$id")
                    ? "' is not supported for generation"
                    : "' is not known; extensions begin with x-"));
      }
    }
  }

  private static String shown(String at) {
    return "at #" + at;
  }

  static String shorten(JsonNode node) {
    String text = node.toString();
    return text.length() > 60 ? text.substring(0, 57) + "…" : text;
  }

  UserException wrong(String keyword, String why) {
    return new UserException("schema at #" + at + "/" + keyword + ": " + why);
  }

  /// The keyword's value; null when it is not there.
  @Nullable JsonNode keyword(String keyword) {
    return node.get(keyword);
  }

  /// The schema under a keyword; null when it is not there.
  @Nullable Schema under(String keyword) {
    JsonNode value = node.get(keyword);
    return value == null ? null : new Schema(value, at + "/" + keyword);
  }

  /// The schemas in a keyword's list; empty when it is not there.
  List<Schema> list(String keyword) {
    JsonNode value = node.get(keyword);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray() || value.isEmpty()) {
      throw wrong(keyword, "it must be a list of at least one schema");
    }
    List<Schema> all = new ArrayList<>();
    for (JsonNode element : value) {
      all.add(new Schema(element, at + "/" + keyword + "/" + all.size()));
    }
    return all;
  }

  /// The schema of a name under a keyword that maps names to schemas; null when it is not there.
  @Nullable Schema named(String keyword, String name) {
    JsonNode value = map(keyword).get(name);
    return value == null ? null : new Schema(value, at + "/" + keyword + "/" + name.replace("~", "~0").replace("/", "~1"));
  }

  List<String> names(String keyword) {
    return node.get(keyword) == null ? List.of() : List.copyOf(map(keyword).propertyNames());
  }

  private JsonNode map(String keyword) {
    JsonNode value = node.get(keyword);
    if (value == null) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (!value.isObject()) {
      throw wrong(keyword, "it must be an object of schemas");
    }
    return value;
  }

  /// A count; −1 when it is not there.
  int count(String keyword) {
    JsonNode value = node.get(keyword);
    if (value == null) {
      return -1;
    }
    if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() != Math.rint(value.doubleValue())) {
      throw wrong(keyword, "it must be a whole number from 0 on, not " + shorten(value));
    }
    return (int) Math.min(1_000_000_000, value.doubleValue());
  }

  @Nullable String text(String keyword) {
    JsonNode value = node.get(keyword);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      throw wrong(keyword, "it must be a string, not " + shorten(value));
    }
    return value.stringValue();
  }
}
