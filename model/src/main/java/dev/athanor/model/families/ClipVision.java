package dev.athanor.model.families;

import dev.athanor.base.Json;
import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import dev.athanor.model.VisionSpec;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The vision tower of CLIP. Radford et al., https://arxiv.org/abs/2103.00020
public record ClipVision() implements Family {
  @Override
  public String modelType() {
    return "clip_vision_model";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "CLIPVisionModel";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof VisionSpec vision
        && vision.classToken()
        && vision.preNorm()
        && !vision.patchBias()
        && vision.finalNorm() == VisionSpec.FinalNorm.POOLED
        && vision.stack().isUniform()
        && vision.stack().placement() == NormPlacement.PRE
        && vision.stack().norm() instanceof Norm.Layer
        && vision.stack().relativeBias().isEmpty()
        && vision.stack().blocks().getFirst().mixer() instanceof Attention a
        && a.equals(attention(a.numHeads(), a.headDim()))
        && a.numHeads() * a.headDim() == vision.hiddenSize()
        && vision.stack().blocks().getFirst().feedForward() instanceof FeedForward.Plain plain
        && plain.bias();
  }

  private static Attention attention(int heads, int headDim) {
    return Attention.multiHead(heads, headDim, true, Attention.scale(headDim));
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    return vision(new Config(json));
  }

  /// The tower, also where it is a part of another model. Missing keys take the published defaults (ViT-B/32).
  static VisionSpec vision(Config config) {
    return Config.checked(
        () -> {
          int hidden = config.integer("hidden_size", 768);
          int heads = config.integer("num_attention_heads", 12);
          FeedForward feed =
              new FeedForward.Plain(
                  config.integer("intermediate_size", 3072), config.activation("hidden_act", Activation.QUICK_GELU), true);
          BlockSpec block = new BlockSpec(attention(heads, heads == 0 ? 0 : hidden / heads), feed);
          Stack stack =
              Stack.bidirectional(
                  hidden,
                  Collections.nCopies(config.integer("num_hidden_layers", 12), block),
                  new Norm.Layer(config.number("layer_norm_eps", 1e-5)),
                  NormPlacement.PRE);
          return new VisionSpec(
              config.integer("image_size", 224),
              config.integer("patch_size", 32),
              config.integer("num_channels", 3),
              true,
              false,
              true,
              VisionSpec.FinalNorm.POOLED,
              stack);
        });
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.putArray("architectures").add(architecture(spec));
    config.put("torch_dtype", dtype.torchName());
    write(config, (VisionSpec) spec);
    return config;
  }

  static void write(ObjectNode config, VisionSpec vision) {
    config.put("model_type", "clip_vision_model");
    config.put("hidden_size", vision.hiddenSize());
    config.put("num_hidden_layers", vision.stack().blocks().size());
    if (vision.stack().blocks().getFirst().mixer() instanceof Attention a) {
      config.put("num_attention_heads", a.numHeads());
    }
    if (vision.stack().blocks().getFirst().feedForward() instanceof FeedForward.Plain plain) {
      config.put("intermediate_size", plain.intermediateSize());
      config.put("hidden_act", Config.name(plain.activation()));
    }
    config.put("image_size", vision.imageSize());
    config.put("patch_size", vision.patchSize());
    config.put("num_channels", vision.channels());
    config.put("layer_norm_eps", vision.stack().norm().eps());
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    return layout(spec, "vision_model.");
  }

  /// @param prefix of the tower's names
  static List<PublishedWeight> layout(ModelSpec vision, String prefix) {
    return new Layout()
        .rename("vision.class_embedding", prefix + "embeddings.class_embedding")
        .rename("vision.patch_embedding", prefix + "embeddings.patch_embedding")
        .rename("vision.embed_positions", prefix + "embeddings.position_embedding")
        .rename("vision.embed_norm", prefix + "pre_layrnorm") // sic
        .rename("vision.norm", prefix + "post_layernorm")
        .rename("vision.layers.", prefix + "encoder.layers.")
        .rename(".input_layernorm", ".layer_norm1")
        .rename(".post_attention_layernorm", ".layer_norm2")
        .rename(".self_attn.o_proj", ".self_attn.out_proj")
        .rename(".mlp.up_proj", ".mlp.fc1")
        .rename(".mlp.down_proj", ".mlp.fc2")
        .of(vision);
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return name.endsWith("embeddings.position_ids");
  }
}
