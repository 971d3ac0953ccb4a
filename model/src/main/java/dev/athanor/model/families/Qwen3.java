package dev.athanor.model.families;

import dev.athanor.model.DType;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.ModelSpec.Mixer.Attention;
import dev.athanor.model.SpecialTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Qwen3: query and key are normalised head by head. https://arxiv.org/abs/2505.09388
public record Qwen3() implements Family {
  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public String architecture() {
    return "Qwen3ForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    Attention attention = spec.attention();
    return spec.embedsTokensOnly() && attention.qkNorm() && !attention.qkvBias();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    DecoderConfig config = new DecoderConfig(json);
    config.requireOff("attention_bias");
    return config.spec(config.integer("head_dim", 128), 32768, true, false);
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    ObjectNode config = DecoderConfig.write(this, spec, special, dtype);
    config.put("attention_bias", false);
    config.put("use_sliding_window", false);
    return config;
  }
}
