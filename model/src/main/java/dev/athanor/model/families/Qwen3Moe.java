package dev.athanor.model.families;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Qwen3's mixtures: some or all blocks have many small experts. https://arxiv.org/abs/2505.09388
public record Qwen3Moe() implements Family {
  @Override
  public String modelType() {
    return "qwen3_moe";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "Qwen3MoeForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && Decoders.isLlamaLike(decoder)
        && decoder.attention().qkNorm()
        && decoder.attention().qkvBias() == decoder.attention().outputBias()
        && feeds(decoder).stream().anyMatch(FeedForward.Experts.class::isInstance)
        && feeds(decoder).stream().filter(FeedForward.Experts.class::isInstance).distinct().count() == 1
        && feeds(decoder).stream().filter(feed -> !(feed instanceof FeedForward.Experts)).distinct().count() <= 1
        && feeds(decoder).stream().allMatch(feed -> isDense(feed) || feed instanceof FeedForward.Experts)
        && Mixtral.experts(decoder).shared().isEmpty()
        && Mixtral.experts(decoder).zLoss() == 0;
  }

  private static boolean isDense(FeedForward feed) {
    return feed instanceof FeedForward.Gated gated && !gated.bias();
  }

  private static List<FeedForward> feeds(DecoderSpec spec) {
    return spec.stack().blocks().stream().map(BlockSpec::feedForward).toList();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          boolean bias = config.flag("attention_bias", false);
          Attention attention = Decoders.attention(config, Decoders.headDim(config), true, bias, bias, 10_000);
          IntFunction<OptionalInt> windows = Qwen2.windows(config);
          FeedForward dense = Decoders.swiGlu(config, "intermediate_size", false);
          FeedForward experts =
              new FeedForward.Experts(
                  config.integer("num_experts", config.integer("num_local_experts", 128)),
                  config.integer("num_experts_per_tok", 8),
                  config.required("moe_intermediate_size"),
                  config.activation("hidden_act", Activation.SILU),
                  config.flag("norm_topk_prob", false),
                  OptionalInt.empty(),
                  config.number("router_aux_loss_coef", 0.001),
                  0);
          int step = Math.max(1, config.integer("decoder_sparse_step", 1));
          List<Integer> denseOnly = config.integers("mlp_only_layers");
          return Decoders.spec(
              config,
              layer ->
                  new BlockSpec(
                      attention.withWindow(windows.apply(layer)),
                      (layer + 1) % step == 0 && !denseOnly.contains(layer) ? experts : dense),
              32_768,
              false);
        });
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    FeedForward.Experts experts = Mixtral.experts(decoder);
    ObjectNode config = Decoders.write(this, decoder, special, dtype);
    feeds(decoder).stream()
        .filter(FeedForward.Gated.class::isInstance)
        .map(FeedForward.Gated.class::cast)
        .findFirst()
        .ifPresent(dense -> config.put("intermediate_size", dense.intermediateSize()));
    config.put("hidden_act", Config.name(experts.activation()));
    config.put("attention_bias", decoder.attention().qkvBias());
    Qwen2.writeWindows(config, decoder);
    config.put("num_experts", experts.numExperts());
    config.put("num_experts_per_tok", experts.perToken());
    config.put("moe_intermediate_size", experts.intermediateSize());
    config.put("norm_topk_prob", experts.normalise());
    config.put("router_aux_loss_coef", experts.balanceLoss());
    config.put("decoder_sparse_step", 1);
    ArrayNode dense = config.putArray("mlp_only_layers");
    for (int layer = 0; layer < decoder.numLayers(); layer++) {
      if (isDense(feeds(decoder).get(layer))) {
        dense.add(layer);
      }
    }
    return config;
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
