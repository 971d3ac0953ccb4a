package dev.athanor.model.families;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.Activation;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionLanguageSpec.Projector;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.WeightNames;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// LLaVA 1.5: CLIP's tower, a projector of two layers, a Llama. Liu et al., https://arxiv.org/abs/2310.03744
public record Llava() implements Family {
  private static final String VISION = "vision_tower.vision_model.";
  private static final String PROJECTOR = "multi_modal_projector.";
  private static final String LANGUAGE = "language_model.";

  @Override
  public String modelType() {
    return "llava";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "LlavaForConditionalGeneration";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof VisionLanguageSpec both
        && new ClipVision().holds(both.vision())
        && both.projector() instanceof Projector.Mlp
        && new Llama().holds(both.decoder());
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    Config text = config.part("text_config");
    Config vision = config.part("vision_config");
    text.requireText("model_type", "llama");
    vision.requireText("model_type", "clip_vision_model");
    return Config.checked(
        () -> {
          VisionSpec tower = ClipVision.vision(vision);
          DecoderSpec decoder = (DecoderSpec) new Llama().spec(withDefaults(text.json()));
          int layers = tower.stack().blocks().size();
          int feature = layer(config);
          return new VisionLanguageSpec(
              tower,
              new Projector.Mlp(
                  config.activation("projector_hidden_act", Activation.GELU),
                  config.flag("multimodal_projector_bias", true)),
              decoder,
              config.integer("image_token_index", config.integer("image_token_id", 32_000)),
              // Hidden states are counted from the embedding's, and negative numbers from the last block's.
              feature < 0 ? layers + 1 + feature : feature,
              dropsClassToken(config));
        });
  }

  private static int layer(Config config) {
    JsonNode layer = config.json().path("vision_feature_layer");
    if (layer.isArray()) {
      throw new UserException("'vision_feature_layer': several layers are not supported; only one is");
    }
    return config.integer("vision_feature_layer", -2);
  }

  private static boolean dropsClassToken(Config config) {
    String strategy = config.text("vision_feature_select_strategy", "default");
    return switch (strategy) {
      case "default" -> true;
      case "full" -> false;
      default ->
          throw new UserException(
              "'vision_feature_select_strategy': '" + strategy + "' is not supported; supported are default, full");
    };
  }

  /// Published files leave out of the text model's part what is as in Llama 7B.
  private static JsonNode withDefaults(JsonNode text) {
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.put("vocab_size", 32_000);
    config.put("hidden_size", 4096);
    config.put("intermediate_size", 11_008);
    config.put("num_hidden_layers", 32);
    config.put("num_attention_heads", 32);
    text.properties().forEach(entry -> config.set(entry.getKey(), entry.getValue()));
    return config;
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    VisionLanguageSpec both = (VisionLanguageSpec) spec;
    ObjectNode config = Decoders.start(this, spec, both.decoder().vocabSize(), dtype, special);
    config.set("text_config", new Llama().config(both.decoder(), special, dtype));
    ClipVision.write(config.putObject("vision_config"), both.vision());
    config.put("image_token_index", both.imageToken());
    if (both.projector() instanceof Projector.Mlp mlp) {
      config.put("projector_hidden_act", Config.name(mlp.activation()));
      config.put("multimodal_projector_bias", mlp.bias());
    }
    config.put("vision_feature_layer", both.featureBlock() - both.vision().stack().blocks().size() - 1);
    config.put("vision_feature_select_strategy", both.dropClassToken() ? "default" : "full");
    config.put("tie_word_embeddings", both.decoder().tiedHead());
    return config;
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    VisionLanguageSpec both = (VisionLanguageSpec) spec;
    List<PublishedWeight> layout = new ArrayList<>(ClipVision.layout(both.vision(), VISION));
    WeightNames.weights(spec).stream()
        .filter(weight -> weight.name().startsWith(WeightNames.PROJECTOR))
        .map(
            weight ->
                PublishedWeight.same(weight.name().replace(WeightNames.PROJECTOR, PROJECTOR), weight.name()))
        .forEach(layout::add);
    WeightNames.weights(both.decoder()).stream()
        .map(weight -> PublishedWeight.same(LANGUAGE + weight.name(), weight.name()))
        .forEach(layout::add);
    return layout;
  }

  /// Files written by newer versions hold the three parts under `model.`, and the head beside it.
  @Override
  public String currentName(String stored, ModelSpec spec) {
    if (stored.startsWith("lm_head.")) {
      return LANGUAGE + stored;
    }
    if (stored.startsWith("model.language_model.")) {
      return LANGUAGE + "model." + stored.substring("model.language_model.".length());
    }
    return stored.startsWith("model.") ? stored.substring("model.".length()) : stored;
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    boolean tied = spec instanceof VisionLanguageSpec both && both.decoder().tiedHead();
    return name.endsWith("embeddings.position_ids")
        || name.endsWith("rotary_emb.inv_freq")
        || (tied && name.equals(LANGUAGE + WeightNames.head()));
  }
}
