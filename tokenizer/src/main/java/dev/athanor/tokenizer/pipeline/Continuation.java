package dev.athanor.tokenizer.pipeline;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What of a tokenizer does not happen to text that goes on from something else.
public enum Continuation {
  /// What is put before the first text alone.
  AFTER_TOKEN,
  /// Whatever is put before texts, and whatever takes white space off their ends.
  WITHIN_TEXT;

  private static final Set<String> AT_THE_ENDS = Set.of("Prepend", "Strip");

  /// A normalizer or pre-tokenizer without that.
  JsonNode of(JsonNode component) {
    if (component instanceof ArrayNode steps) {
      ArrayNode kept = JsonNodeFactory.instance.arrayNode();
      for (JsonNode step : steps) {
        JsonNode changed = of(step);
        if (!changed.isNull()) {
          kept.add(changed);
        }
      }
      return kept;
    }
    if (!(component instanceof ObjectNode original)) {
      return component;
    }
    ObjectNode changed = original.deepCopy();
    for (String steps : new String[] {"normalizers", "pretokenizers"}) {
      if (changed.has(steps)) {
        changed.set(steps, of(changed.path(steps)));
      }
    }
    String type = changed.path("type").asString("");
    if (this == WITHIN_TEXT && (AT_THE_ENDS.contains(type) || isTrim(changed))) {
      return JsonNodeFactory.instance.nullNode();
    }
    if (type.equals("Metaspace") && (this == WITHIN_TEXT || changed.path("prepend_scheme").asString("").equals("first"))) {
      changed.put("prepend_scheme", "never").remove("add_prefix_space");
    }
    if (type.equals("ByteLevel") && this == WITHIN_TEXT) {
      changed.put("add_prefix_space", false);
    }
    return changed;
  }

  /// A replacement at the ends of the text by nothing.
  private static boolean isTrim(ObjectNode component) {
    String regex = component.path("pattern").path("Regex").asString("");
    return component.path("type").asString("").equals("Replace")
        && component.path("content").asString("x").isEmpty()
        && (regex.startsWith("\\A") || regex.endsWith("\\z"));
  }
}
