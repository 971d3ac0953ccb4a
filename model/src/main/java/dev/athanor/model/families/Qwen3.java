package dev.athanor.model.families;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Qwen3: query and key are normalised head by head. https://arxiv.org/abs/2505.09388
public record Qwen3() implements Family {
  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "Qwen3ForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && Decoders.isLlamaLike(decoder)
        && Decoders.feedsAlike(decoder, FeedForward.Gated.class)
        && decoder.attention().qkNorm()
        && decoder.attention().qkvBias() == decoder.attention().outputBias()
        && decoder.stack().blocks().getFirst().feedForward() instanceof FeedForward.Gated gated
        && !gated.bias();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          boolean bias = config.flag("attention_bias", false);
          Attention attention = Decoders.attention(config, config.integer("head_dim", 128), true, bias, bias, 10_000);
          IntFunction<OptionalInt> windows = Qwen2.windows(config);
          FeedForward feed = Decoders.swiGlu(config, "intermediate_size", false);
          return Decoders.spec(
              config, layer -> new BlockSpec(attention.withWindow(windows.apply(layer)), feed), 32_768, false);
        });
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = Decoders.write(this, decoder, special, dtype);
    config.put("attention_bias", decoder.attention().qkvBias());
    Qwen2.writeWindows(config, decoder);
    return config;
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
