package dev.athanor.model.families;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.ModelSpec.Mixer.Attention;
import dev.athanor.model.SpecialTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The keys that the `config.json` of all decoder families share.
record DecoderConfig(JsonNode json) {

  /// @param contextLength where `max_position_embeddings` is missing
  ModelSpec spec(int headDim, int contextLength, boolean qkNorm, boolean qkvBias) {
    requireActivation();
    requireNoWindow();
    int numHeads = required("num_attention_heads");
    try {
      return new ModelSpec(
          required("vocab_size"),
          required("hidden_size"),
          required("num_hidden_layers"),
          integer("max_position_embeddings", contextLength),
          new Attention(
              numHeads, integer("num_key_value_heads", numHeads), headDim, rope(), qkNorm, qkvBias),
          new ModelSpec.FeedForward.SwiGlu(required("intermediate_size")),
          new ModelSpec.Norm.Rms(number(json.path("rms_norm_eps"), "rms_norm_eps", 1e-6)),
          flag("tie_word_embeddings"));
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage() == null ? "impossible configuration" : e.getMessage(), e);
    }
  }

  /// `hidden_size / num_attention_heads`.
  int dividedHeadDim() {
    int heads = required("num_attention_heads");
    return heads == 0 ? 0 : required("hidden_size") / heads;
  }

  int required(String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      throw new UserException("'" + key + "' is missing");
    }
    return integer(key, 0);
  }

  int integer(String key, int otherwise) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new UserException("'" + key + "' must be a whole number, not " + value);
    }
    return value.asInt();
  }

  void requireOff(String key) {
    if (flag(key)) {
      throw new UserException("'" + key + "': true is not supported; only false is");
    }
  }

  private boolean flag(String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new UserException("'" + key + "' must be true or false, not " + value);
    }
    return value.asBoolean();
  }

  private void requireActivation() {
    String activation = json.path("hidden_act").asString("silu");
    if (!activation.equals("silu")) {
      throw new UserException("hidden_act '" + activation + "' is not supported; only 'silu' is");
    }
  }

  private void requireNoWindow() {
    requireOff("use_sliding_window");
    for (JsonNode type : json.path("layer_types")) {
      if (!type.asString("").equals("full_attention")) {
        throw new UserException("layer_types holds " + type + "; only \"full_attention\" is supported");
      }
    }
  }

  /// Newer files state `rope_parameters: {rope_theta, rope_type}`, older ones `rope_theta` and `rope_scaling`.
  private ModelSpec.Rope rope() {
    JsonNode parameters = json.path("rope_parameters");
    requireDefaultRope(parameters);
    requireDefaultRope(json.path("rope_scaling"));
    JsonNode theta = parameters.path("rope_theta");
    return new ModelSpec.Rope(
        number(theta.isMissingNode() ? json.path("rope_theta") : theta, "rope_theta", 10_000));
  }

  private static void requireDefaultRope(JsonNode rope) {
    String type = rope.path("rope_type").asString(rope.path("type").asString("default"));
    if (!type.equals("default")) {
      throw new UserException("rope scaling '" + type + "' is not supported; only 'default' (no scaling) is");
    }
  }

  private static double number(JsonNode value, String key, double otherwise) {
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber() || !(value.asDouble() > 0)) {
      throw new UserException("'" + key + "' must be a positive number, not " + value);
    }
    return value.asDouble();
  }

  static ObjectNode write(Family family, ModelSpec spec, SpecialTokens special, DType dtype) {
    Attention attention = spec.attention();
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.putArray("architectures").add(family.architecture());
    config.put("model_type", family.modelType());
    config.put("vocab_size", spec.vocabSize());
    config.put("hidden_size", spec.hiddenSize());
    switch (spec.feedForward()) {
      case ModelSpec.FeedForward.SwiGlu swiGlu -> {
        config.put("intermediate_size", swiGlu.intermediateSize());
        config.put("hidden_act", "silu");
      }
    }
    config.put("num_hidden_layers", spec.numLayers());
    config.put("num_attention_heads", attention.numHeads());
    config.put("num_key_value_heads", attention.numKvHeads());
    config.put("head_dim", attention.headDim());
    config.put("max_position_embeddings", spec.contextLength());
    switch (spec.norm()) {
      case ModelSpec.Norm.Rms rms -> config.put("rms_norm_eps", rms.eps());
    }
    config.put("rope_theta", attention.rope().theta());
    config.put("tie_word_embeddings", spec.tiedHead());
    config.put("attention_dropout", 0.0);
    config.put("use_cache", true);
    config.put("torch_dtype", dtype.torchName());
    writeSpecial(config, special);
    return config;
  }

  /// `bos_token_id` and `eos_token_id`, the same in config.json and generation_config.json.
  private static void writeSpecial(ObjectNode config, SpecialTokens special) {
    if (special.bos().isPresent()) {
      config.put("bos_token_id", special.bos().getAsInt());
    } else {
      // Left out, the published library would fill in a default of its own.
      config.putNull("bos_token_id");
    }
    switch (special.eos().size()) {
      case 0 -> config.putNull("eos_token_id");
      case 1 -> config.put("eos_token_id", special.eos().getFirst());
      default -> {
        ArrayNode ids = config.putArray("eos_token_id");
        special.eos().forEach(ids::add);
      }
    }
  }
}
