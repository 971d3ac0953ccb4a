package dev.athanor.model.families;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Llama 1 to 3 and what is built like it: no query/key norms, no window. Touvron et al., https://arxiv.org/abs/2302.13971
public record Llama() implements Family {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "LlamaForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && Decoders.isLlamaLike(decoder)
        && Decoders.feedsAlike(decoder, FeedForward.Gated.class)
        && !Decoders.hasWindow(decoder)
        && !decoder.attention().qkNorm()
        && decoder.attention().qkvBias() == decoder.attention().outputBias();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          boolean bias = config.flag("attention_bias", false);
          Attention attention = Decoders.attention(config, Decoders.headDim(config), false, bias, bias, 10_000);
          FeedForward feed = Decoders.swiGlu(config, "intermediate_size", config.flag("mlp_bias", false));
          return Decoders.spec(config, _ -> new BlockSpec(attention, feed), 2048, false);
        });
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = Decoders.write(this, decoder, special, dtype);
    config.put("attention_bias", decoder.attention().qkvBias());
    boolean mlpBias = decoder.stack().blocks().getFirst().feedForward() instanceof FeedForward.Gated g && g.bias();
    config.put("mlp_bias", mlpBias);
    return config;
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
