package dev.athanor.model.families;

import dev.athanor.model.DType;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.ModelSpec.Mixer.Attention;
import dev.athanor.model.SpecialTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Llama and what is built like it: no biases, no query/key norms. Touvron et al., https://arxiv.org/abs/2302.13971
public record Llama() implements Family {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public String architecture() {
    return "LlamaForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    Attention attention = spec.attention();
    return spec.embedsTokensOnly() && !attention.qkvBias() && !attention.qkNorm();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    DecoderConfig config = new DecoderConfig(json);
    config.requireOff("attention_bias");
    config.requireOff("mlp_bias");
    int headDim = config.integer("head_dim", config.dividedHeadDim());
    return config.spec(headDim, 2048, false, false);
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    ObjectNode config = DecoderConfig.write(this, spec, special, dtype);
    config.put("attention_bias", false);
    config.put("mlp_bias", false);
    return config;
  }
}
