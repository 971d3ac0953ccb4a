package dev.athanor.model.families;

import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A family of models, published but for [Athanor]: how its `config.json` states a `ModelSpec`. The weights of all of them are named by
/// `dev.athanor.model.WeightNames`.
public sealed interface Family permits Llama, Qwen2, Qwen3, Athanor {
  List<Family> ALL = List.of(new Llama(), new Qwen2(), new Qwen3(), new Athanor());

  /// `model_type` in config.json.
  String modelType();

  /// The class that the published library loads it with.
  String architecture();

  /// Whether this family's checkpoints can hold a model of this spec.
  boolean holds(ModelSpec spec);

  /// What the architecture is.
  ///
  /// @throws UserException naming the key that is missing or not supported, and what is
  ModelSpec spec(JsonNode config);

  /// The published form of a spec that this family holds.
  ///
  /// @param dtype of the weights beside it
  ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype);

  /// The family that a configuration says it is of.
  static Family of(JsonNode config) {
    String type = config.path("model_type").asString("");
    return ALL.stream()
        .filter(family -> family.modelType().equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    (type.isEmpty() ? "no model_type" : "model_type '" + type + "' is not supported")
                        + "; supported are "
                        + ALL.stream().map(Family::modelType).collect(Collectors.joining(", "))));
  }

  /// The family whose checkpoints hold a model of this spec.
  static Family of(ModelSpec spec) {
    return ALL.stream()
        .filter(family -> family.holds(spec))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    !spec.embedsTokensOnly()
                        ? "look-ups beside the embedding (ngrams, induction) go with query/key norms and without query/key/value biases only"
                        : "no published family has both query/key norms and query/key/value biases; choose one of them"));
  }
}
