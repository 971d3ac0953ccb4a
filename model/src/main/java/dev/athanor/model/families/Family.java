package dev.athanor.model.families;

import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.WeightNames;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A family of models, published but for [Athanor]: how its `config.json` states a `ModelSpec`, and what its checkpoints call the
/// weights.
public sealed interface Family
    permits Llama,
        Mistral,
        Qwen2,
        Qwen3,
        Gemma2,
        Gpt2,
        Mixtral,
        Qwen3Moe,
        Mamba,
        Mamba2,
        Bert,
        Roberta,
        XlmRoberta,
        T5,
        Bart,
        ClipVision,
        Llava,
        Athanor {
  /// `model_type` in config.json.
  String modelType();

  /// The class that the published library loads such a model with.
  String architecture(ModelSpec spec);

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

  /// The tensors of a checkpoint of this spec, in the order of computation.
  default List<PublishedWeight> layout(ModelSpec spec) {
    return WeightNames.weights(spec).stream().map(weight -> PublishedWeight.same(weight.name(), weight.name())).toList();
  }

  /// The name that [#layout] gives a tensor which a checkpoint stores under an older or shorter name.
  default String currentName(String stored, ModelSpec spec) {
    return stored;
  }

  /// Whether a checkpoint may store this tensor though it follows from the rest: buffers, and a tied head stored twice.
  ///
  /// @param name as [#currentName] gives it
  default boolean isSpare(String name, ModelSpec spec) {
    return name.endsWith("rotary_emb.inv_freq");
  }
}
