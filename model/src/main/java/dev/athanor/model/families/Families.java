package dev.athanor.model.families;

import dev.athanor.base.UserException;
import dev.athanor.model.ModelSpec;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// All families. Where several hold a spec, the first is taken.
public final class Families {
  public static final List<Family> ALL =
      List.of(
          new Llama(),
          new Mistral(),
          new Qwen2(),
          new Qwen3(),
          new Gemma2(),
          new Gpt2(),
          new Mixtral(),
          new Qwen3Moe(),
          new Mamba(),
          new Mamba2(),
          new Bert(),
          new Roberta(),
          new XlmRoberta(),
          new T5(),
          new Bart(),
          new ClipVision(),
          new Llava(),
          new Athanor());

  private Families() {}

  /// The family that a configuration says it is of.
  public static Family of(JsonNode config) {
    String type = config.path("model_type").asString("");
    if (type.isEmpty()) {
      throw new UserException("no model_type; supported are " + names());
    }
    return find(type, "model_type '" + type + "' is not supported; supported are " + names());
  }

  /// The family of this `model_type`.
  public static Family named(String modelType) {
    return find(modelType, "no family '" + modelType + "'; there are " + names());
  }

  /// The family whose checkpoints hold a model of this spec.
  public static Family of(ModelSpec spec) {
    return ALL.stream()
        .filter(family -> family.holds(spec))
        .findFirst()
        .orElseThrow(() -> new UserException("no published family, nor our own, holds this " + spec.kind()));
  }

  private static Family find(String modelType, String otherwise) {
    return ALL.stream()
        .filter(family -> family.modelType().equals(modelType))
        .findFirst()
        .orElseThrow(() -> new UserException(otherwise));
  }

  private static String names() {
    return ALL.stream().map(Family::modelType).collect(Collectors.joining(", "));
  }
}
