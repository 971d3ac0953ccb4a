package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/// Takes references and combinations apart: schemas that must all hold become alternatives, each a plain list of schemas
/// whose own keywords must all hold. `anyOf` and `oneOf` branch; `$ref` and `allOf` add to the list.
final class Alternatives {
  private static final int MAX = 512;

  /// A branching still to be done.
  ///
  /// @param above the places that led to it
  private record Branching(List<Schema> options, Path above) {}

  private record Path(String at, @Nullable Path above, int depth) {
    boolean holds(String place) {
      for (Path path = this; path != null; path = path.above) {
        if (path.at.equals(place)) {
          return true;
        }
      }
      return false;
    }
  }

  private final Schema root;
  private final Budget budget;
  private final Map<List<String>, List<List<Schema>>> known = new HashMap<>();
  private final Map<String, List<Schema>> oneOfs = new LinkedHashMap<>();

  Alternatives(JsonNode document, Budget budget) {
    this.root = new Schema(document, "");
    this.budget = budget;
  }

  Schema root() {
    return root;
  }

  /// The `oneOf`s met so far, by place.
  Map<String, List<Schema>> oneOfs() {
    return oneOfs;
  }

  /// The alternatives of schemas that must all hold; none: nothing is valid.
  List<List<Schema>> of(List<Schema> all) {
    List<String> key = all.stream().map(Schema::at).sorted().toList();
    List<List<Schema>> there = known.get(key);
    if (there == null) {
      there = new ArrayList<>();
      Map<String, Schema> parts = new LinkedHashMap<>();
      List<Branching> open = new ArrayList<>();
      boolean possible = true;
      for (Schema schema : all) {
        possible = possible && collect(schema, null, parts, open);
      }
      if (possible) {
        branch(parts, open, there);
      }
      known.put(key, there);
    }
    return there;
  }

  private void branch(Map<String, Schema> parts, List<Branching> open, List<List<Schema>> out) {
    if (open.isEmpty()) {
      out.add(List.copyOf(parts.values()));
      if (out.size() > MAX) {
        throw new UserException(
            "schema at #%s: anyOf and oneOf combine to more than %d alternatives".formatted(out.getFirst().getFirst().at(), MAX));
      }
      return;
    }
    Branching next = open.getFirst();
    for (Schema option : next.options) {
      Map<String, Schema> more = new LinkedHashMap<>(parts);
      List<Branching> rest = new ArrayList<>(open.subList(1, open.size()));
      budget.spend(1 + more.size());
      if (collect(option, next.above, more, rest)) {
        branch(more, rest, out);
      }
    }
  }

  /// Adds a schema and what it brings with it; false when nothing is valid.
  private boolean collect(Schema schema, @Nullable Path above, Map<String, Schema> parts, List<Branching> open) {
    budget.spend(1);
    if (schema.node().isBoolean()) {
      return schema.node().booleanValue();
    }
    if (above != null && (above.holds(schema.at()) || above.depth > 150)) {
      throw new UserException(
          "schema at #" + schema.at() + ": it leads back to itself by $ref, allOf, anyOf or oneOf alone, which has no end");
    }
    if (parts.put(schema.at(), schema) != null) {
      return true;
    }
    Path here = new Path(schema.at(), above, above == null ? 0 : above.depth + 1);
    String ref = schema.text("$ref");
    if (ref != null && !collect(resolve(schema, ref), here, parts, open)) {
      return false;
    }
    for (Schema part : schema.list("allOf")) {
      if (!collect(part, here, parts, open)) {
        return false;
      }
    }
    List<Schema> anyOf = schema.list("anyOf");
    if (!anyOf.isEmpty()) {
      open.add(new Branching(anyOf, here));
    }
    List<Schema> oneOf = schema.list("oneOf");
    if (!oneOf.isEmpty()) {
      oneOfs.put(schema.at() + "/oneOf", oneOf);
      open.add(new Branching(oneOf, here));
    }
    return true;
  }

  private Schema resolve(Schema holder, String ref) {
    if (ref.equals("#")) {
      return root;
    }
    if (!ref.startsWith("#/")) {
      throw holder.wrong("$ref", "only references inside the schema are supported, such as #/$defs/name; not '" + ref + "'");
    }
    String pointer;
    JsonNode target;
    try {
      pointer = URLDecoder.decode(ref.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
      target = root.node().at(JsonPointer.compile(pointer));
    } catch (IllegalArgumentException e) {
      throw holder.wrong("$ref", "'" + ref + "' is no JSON pointer");
    }
    if (target.isMissingNode()) {
      throw holder.wrong("$ref", "there is nothing at '" + ref + "'");
    }
    return new Schema(target, pointer);
  }
}
