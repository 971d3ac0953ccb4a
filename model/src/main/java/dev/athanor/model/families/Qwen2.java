package dev.athanor.model.families;

import dev.athanor.model.DType;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.ModelSpec.Mixer.Attention;
import dev.athanor.model.SpecialTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Qwen2 and Qwen2.5: query, key and value have biases. https://arxiv.org/abs/2407.10671
public record Qwen2() implements Family {
  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public String architecture() {
    return "Qwen2ForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    Attention attention = spec.attention();
    return spec.embedsTokensOnly() && attention.qkvBias() && !attention.qkNorm();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    DecoderConfig config = new DecoderConfig(json);
    int headDim = config.integer("head_dim", config.dividedHeadDim());
    return config.spec(headDim, 32768, false, true);
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    ObjectNode config = DecoderConfig.write(this, spec, special, dtype);
    config.put("use_sliding_window", false);
    return config;
  }
}
