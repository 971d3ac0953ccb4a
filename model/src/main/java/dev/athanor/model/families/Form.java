package dev.athanor.model.families;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a family's `config.json` can be filled in with. What is not said takes the published default, by the family's own reader
/// or, where that takes an absent key for "none" though the published class does not, by this form.
public final class Form {
  private static final String TEXT = "text_config";
  private static final String VISION = "vision_config";
  private static final String CLASSIFIER = "ForSequenceClassification";
  private static final String GATED = "gated-";

  private record Entry(boolean required, BiConsumer<ObjectNode, JsonNode> put) {}

  private final Map<Setting, Entry> entries = new EnumMap<>(Setting.class);
  private final ObjectNode defaults = Json.MAPPER.createObjectNode();

  private final Family family;

  private Form(Family family) {
    this.family = family;
  }

  public static Form of(Family family) {
    return switch (family) {
      case Llama _ -> llama(family).takes(Setting.ATTENTION_BIAS, "attention_bias");
      case Mistral _ -> llama(family).takes(Setting.WINDOW, Form::putWindow).byDefault("sliding_window", 4096);
      case Qwen2 _ -> upperWindows(llama(family));
      case Qwen3 _ -> upperWindows(llama(family)).takes(Setting.ATTENTION_BIAS, "attention_bias");
      case Gemma2 _ -> gemma2(family);
      case Gpt2 _ -> gpt2(family);
      case Mixtral _ ->
          llama(family)
              .takes(Setting.WINDOW, Form::putWindow)
              .needs(Setting.EXPERTS, "num_local_experts")
              .takes(Setting.EXPERTS_PER_TOKEN, "num_experts_per_tok");
      case Qwen3Moe _ -> qwen3Moe(family);
      case Mamba _ -> mamba(family).takes(Setting.DT_RANK, "time_step_rank");
      case Mamba2 _ ->
          mamba(family)
              .takes(Setting.HEADS, "num_heads")
              .takes(Setting.STATE_HEAD_DIM, "head_dim")
              .takes(Setting.GROUPS, "n_groups")
              .takes(Setting.CHUNK, "chunk_size");
      case Bert _ -> encoder(family, "Bert", 0);
      case Roberta _ -> encoder(family, "Roberta", 2);
      case XlmRoberta _ -> encoder(family, "XLMRoberta", 2);
      case T5 _ -> t5(family);
      case Bart _ -> bart(family);
      case ClipVision _ -> clip(family);
      case Llava _ -> llava(family);
      case Athanor _ -> FreshDecoder.form(new Form(family));
    };
  }

  private static Form llama(Family family) {
    return new Form(family)
        .needs(Setting.VOCAB_SIZE, "vocab_size")
        .needs(Setting.HIDDEN_SIZE, "hidden_size")
        .needs(Setting.LAYERS, "num_hidden_layers")
        .needs(Setting.HEADS, "num_attention_heads")
        .takes(Setting.KV_HEADS, "num_key_value_heads")
        .takes(Setting.HEAD_DIM, "head_dim")
        .needs(Setting.INTERMEDIATE_SIZE, "intermediate_size")
        .takes(Setting.CONTEXT, "max_position_embeddings")
        .takes(Setting.ROPE_THETA, "rope_theta")
        .takes(Setting.NORM_EPS, "rms_norm_eps")
        .takes(Setting.ACTIVATION, "hidden_act")
        .takes(Setting.TIED, "tie_word_embeddings");
  }

  private static void putWindow(ObjectNode config, JsonNode window) {
    if (window.asInt() == 0) {
      config.putNull("sliding_window");
    } else {
      config.set("sliding_window", window);
    }
  }

  private static Form upperWindows(Form form) {
    return form.takes(
            Setting.WINDOW,
            (config, window) -> {
              putWindow(config, window);
              config.put("use_sliding_window", window.asInt() != 0);
              config.remove("layer_types");
            })
        .takes(
            Setting.FULL_LAYERS,
            (config, full) -> {
              if (!config.path("use_sliding_window").asBoolean(false)) {
                throw new UserException(Setting.FULL_LAYERS.option() + " goes with " + Setting.WINDOW.option());
              }
              config.set("max_window_layers", full);
            })
        // The published default, 28, would keep the window from smaller models altogether.
        .byDefault("max_window_layers", 0);
  }

  private static Form gemma2(Family family) {
    Form form =
        llama(family)
            .takes(Setting.WINDOW, Form::putWindow)
            .takes(Setting.ACTIVATION, "hidden_activation")
            .takes(Setting.QUERY_SCALAR, "query_pre_attn_scalar")
            .takes(Setting.SCORE_CAP, "attn_logit_softcapping")
            .takes(Setting.LOGIT_CAP, "final_logit_softcapping")
            .byDefault("sliding_window", 4096);
    form.entries.remove(Setting.TIED);
    form.defaults.put("attn_logit_softcapping", 50.0);
    form.defaults.put("final_logit_softcapping", 30.0);
    return form;
  }

  private static Form gpt2(Family family) {
    return new Form(family)
        .needs(Setting.VOCAB_SIZE, "vocab_size")
        .needs(Setting.HIDDEN_SIZE, "n_embd")
        .needs(Setting.LAYERS, "n_layer")
        .needs(Setting.HEADS, "n_head")
        .takes(Setting.INTERMEDIATE_SIZE, "n_inner")
        .takes(Setting.CONTEXT, "n_positions")
        .takes(Setting.NORM_EPS, "layer_norm_epsilon")
        .takes(Setting.ACTIVATION, "activation_function")
        .takes(Setting.TIED, "tie_word_embeddings");
  }

  private static Form qwen3Moe(Family family) {
    return upperWindows(llama(family))
        .takes(Setting.ATTENTION_BIAS, "attention_bias")
        // Where all blocks have experts it says nothing; the published class has 6144 there too.
        .takes(Setting.INTERMEDIATE_SIZE, "intermediate_size")
        .byDefault("intermediate_size", 6144)
        .needs(Setting.EXPERTS, "num_experts")
        .takes(Setting.EXPERTS_PER_TOKEN, "num_experts_per_tok")
        .needs(Setting.EXPERT_SIZE, "moe_intermediate_size")
        .takes(Setting.EXPERTS_EVERY, "decoder_sparse_step");
  }

  private static Form mamba(Family family) {
    return new Form(family)
        .needs(Setting.VOCAB_SIZE, "vocab_size")
        .needs(Setting.HIDDEN_SIZE, "hidden_size")
        .needs(Setting.LAYERS, "num_hidden_layers")
        .takes(Setting.STATE_SIZE, "state_size")
        .takes(Setting.EXPAND, "expand")
        .takes(Setting.CONV_KERNEL, "conv_kernel")
        .takes(Setting.NORM_EPS, "layer_norm_epsilon")
        .takes(Setting.TIED, "tie_word_embeddings");
  }

  private static Form encoder(Family family, String prefix, int unusedPositions) {
    Form form =
        new Form(family)
            .needs(Setting.VOCAB_SIZE, "vocab_size")
            .needs(Setting.HIDDEN_SIZE, "hidden_size")
            .needs(Setting.LAYERS, "num_hidden_layers")
            .needs(Setting.HEADS, "num_attention_heads")
            .needs(Setting.INTERMEDIATE_SIZE, "intermediate_size")
            .takes(
                Setting.CONTEXT,
                (config, context) -> config.put("max_position_embeddings", context.asInt() + unusedPositions))
            .takes(Setting.NORM_EPS, "layer_norm_eps")
            .takes(Setting.ACTIVATION, "hidden_act")
            .takes(Setting.TOKEN_TYPES, "type_vocab_size")
            .takes(Setting.TOP, (config, top) -> putTop(config, prefix, top.asString("")))
            .takes(
                Setting.LABELS,
                (config, labels) -> {
                  if (!config.path("architectures").path(0).asString("").endsWith(CLASSIFIER)) {
                    throw new UserException(Setting.LABELS.option() + " goes with " + Setting.TOP.option() + " classifier");
                  }
                  config.remove("id2label");
                  config.set("num_labels", labels);
                });
    form.defaults.putArray("architectures").add(prefix + "ForMaskedLM");
    return form;
  }

  private static void putTop(ObjectNode config, String prefix, String top) {
    String architecture =
        switch (top) {
          case "masked-lm" -> "ForMaskedLM";
          case "classifier" -> CLASSIFIER;
          case "pooled", "hidden" -> "Model";
          default ->
              throw new UserException(
                  Setting.TOP.option() + ": '" + top + "' is none of masked-lm, classifier, pooled, hidden");
        };
    config.putArray("architectures").add(prefix + architecture);
    config.put("add_pooling_layer", !top.equals("hidden"));
  }

  private static Form t5(Family family) {
    return new Form(family)
        .needs(Setting.VOCAB_SIZE, "vocab_size")
        .needs(Setting.HIDDEN_SIZE, "d_model")
        .needs(Setting.LAYERS, "num_layers")
        .takes(Setting.DECODER_LAYERS, "num_decoder_layers")
        .needs(Setting.HEADS, "num_heads")
        .takes(Setting.HEAD_DIM, "d_kv")
        .byDefault("d_kv", 64)
        .needs(Setting.INTERMEDIATE_SIZE, "d_ff")
        .takes(Setting.CONTEXT, "n_positions")
        .takes(Setting.NORM_EPS, "layer_norm_epsilon")
        .takes(Setting.ACTIVATION, (config, name) -> putFeedForward(config, isGated(config), name.asString("")))
        .takes(
            Setting.GATED,
            (config, gated) ->
                putFeedForward(
                    config,
                    gated.asBoolean(),
                    config.path("feed_forward_proj").asString(gated.asBoolean() ? "gelu" : "relu")))
        .takes(Setting.TIED, "tie_word_embeddings")
        .takes(Setting.BUCKETS, "relative_attention_num_buckets")
        .takes(Setting.MAX_DISTANCE, "relative_attention_max_distance");
  }

  private static boolean isGated(ObjectNode config) {
    return config.path("feed_forward_proj").asString("").startsWith(GATED);
  }

  private static void putFeedForward(ObjectNode config, boolean gated, String activation) {
    String bare = activation.startsWith(GATED) ? activation.substring(GATED.length()) : activation;
    config.put("feed_forward_proj", gated ? GATED + bare : bare);
  }

  private static Form bart(Family family) {
    return new Form(family)
        .needs(Setting.VOCAB_SIZE, "vocab_size")
        .needs(Setting.HIDDEN_SIZE, "d_model")
        .needs(Setting.LAYERS, "encoder_layers", "decoder_layers")
        .takes(Setting.DECODER_LAYERS, "decoder_layers")
        .needs(Setting.HEADS, "encoder_attention_heads", "decoder_attention_heads")
        .needs(Setting.INTERMEDIATE_SIZE, "encoder_ffn_dim", "decoder_ffn_dim")
        .takes(Setting.CONTEXT, "max_position_embeddings")
        .takes(Setting.ACTIVATION, "activation_function");
  }

  private static Form clip(Family family) {
    return new Form(family)
        .needs(Setting.HIDDEN_SIZE, "hidden_size")
        .needs(Setting.LAYERS, "num_hidden_layers")
        .needs(Setting.HEADS, "num_attention_heads")
        .needs(Setting.INTERMEDIATE_SIZE, "intermediate_size")
        .takes(Setting.IMAGE_SIZE, "image_size")
        .takes(Setting.PATCH_SIZE, "patch_size")
        .takes(Setting.NORM_EPS, "layer_norm_eps")
        .takes(Setting.ACTIVATION, "hidden_act");
  }

  private static Form llava(Family family) {
    Form form = new Form(family);
    llama(family)
        .takes(Setting.ATTENTION_BIAS, "attention_bias")
        .entries
        .forEach(
            (setting, entry) ->
                form.add(setting, entry.required, (config, value) -> entry.put.accept(part(config, TEXT), value)));
    form.takesOfVision(Setting.IMAGE_SIZE, "image_size")
        .takesOfVision(Setting.PATCH_SIZE, "patch_size")
        .takesOfVision(Setting.VISION_HIDDEN_SIZE, "hidden_size")
        .takesOfVision(Setting.VISION_LAYERS, "num_hidden_layers")
        .takesOfVision(Setting.VISION_HEADS, "num_attention_heads")
        .takesOfVision(Setting.VISION_INTERMEDIATE_SIZE, "intermediate_size")
        .takes(Setting.FEATURE_LAYER, "vision_feature_layer")
        .takes(Setting.IMAGE_TOKEN, "image_token_index");
    Entry vocabulary = Objects.requireNonNull(form.entries.get(Setting.VOCAB_SIZE), "every Llama has one");
    form.needs(
        Setting.VOCAB_SIZE,
        (config, size) -> {
          vocabulary.put.accept(config, size);
          if (!config.has("image_token_index")) {
            config.put("image_token_index", size.asInt() - 1);
          }
        });
    form.defaults.putObject(TEXT).put("model_type", "llama");
    form.defaults.putObject(VISION).put("model_type", "clip_vision_model");
    return form;
  }

  private static ObjectNode part(ObjectNode config, String key) {
    return config.get(key) instanceof ObjectNode part ? part : config.putObject(key);
  }

  private Form takesOfVision(Setting setting, String key) {
    return takes(setting, (config, value) -> part(config, VISION).set(key, value));
  }

  /// What has to be said: nobody makes a model of billions of parameters by leaving something out.
  Form needs(Setting setting, String... keys) {
    return add(setting, true, (config, value) -> put(config, keys, value));
  }

  Form takes(Setting setting, String... keys) {
    return add(setting, false, (config, value) -> put(config, keys, value));
  }

  private Form needs(Setting setting, BiConsumer<ObjectNode, JsonNode> put) {
    return add(setting, true, put);
  }

  private Form takes(Setting setting, BiConsumer<ObjectNode, JsonNode> put) {
    return add(setting, false, put);
  }

  private Form add(Setting setting, boolean required, BiConsumer<ObjectNode, JsonNode> put) {
    entries.put(setting, new Entry(required, put));
    return this;
  }

  private Form byDefault(String key, int value) {
    defaults.put(key, value);
    return this;
  }

  private static void put(ObjectNode config, String[] keys, JsonNode value) {
    for (String key : keys) {
      config.set(key, value);
    }
  }

  public boolean knows(Setting setting) {
    return entries.containsKey(setting);
  }

  /// The configuration of a new model.
  ///
  /// @throws UserException telling all that is missing or not known of the family
  public ObjectNode fill(Map<Setting, JsonNode> values) {
    require(values, true);
    ObjectNode config = defaults.deepCopy();
    config.put("model_type", family.modelType());
    put(config, values);
    return family instanceof Athanor ? FreshDecoder.config(config) : config;
  }

  /// A configuration with some of its values replaced.
  ///
  /// @throws UserException telling all that is not known of the family
  public ObjectNode change(JsonNode base, Map<Setting, JsonNode> values) {
    if (family instanceof Athanor && !values.isEmpty()) {
      throw new UserException(
          "a config.json of family 'athanor' holds the spec itself, which no option changes; change it there");
    }
    require(values, false);
    ObjectNode config = (ObjectNode) base.deepCopy();
    put(config, values);
    return config;
  }

  private void put(ObjectNode config, Map<Setting, JsonNode> values) {
    // In the order of the settings: some refine what others put.
    for (Setting setting : Setting.values()) {
      Entry entry = entries.get(setting);
      JsonNode value = values.get(setting);
      if (entry != null && value != null) {
        entry.put.accept(config, value);
      }
    }
  }

  private void require(Map<Setting, JsonNode> values, boolean whole) {
    List<String> problems = new ArrayList<>();
    List<String> missing =
        entries.entrySet().stream()
            .filter(entry -> whole && entry.getValue().required && !values.containsKey(entry.getKey()))
            .map(entry -> entry.getKey().option())
            .toList();
    if (!missing.isEmpty()) {
      problems.add("a model of family '" + family.modelType() + "' needs " + String.join(", ", missing));
    }
    List<String> unknown = values.keySet().stream().filter(setting -> !knows(setting)).map(Form::ofOthers).toList();
    if (!unknown.isEmpty()) {
      problems.add(
          "family '%s' has no %s; it takes %s"
              .formatted(
                  family.modelType(),
                  String.join(", ", unknown),
                  entries.keySet().stream().map(Setting::option).collect(Collectors.joining(", "))));
    }
    values.forEach((setting, value) -> setting.problem(value).ifPresent(problems::add));
    if (!problems.isEmpty()) {
      throw new UserException(String.join("; ", problems));
    }
  }

  private static String ofOthers(Setting setting) {
    return setting.option()
        + setting.families().stream().map(Family::modelType).collect(Collectors.joining(", ", " (of ", ")"));
  }
}
