package dev.athanor.model.families;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Mistral: a Llama whose blocks all see a sliding window. Jiang et al., https://arxiv.org/abs/2310.06825
public record Mistral() implements Family {
  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "MistralForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && Decoders.isLlamaLike(decoder)
        && Decoders.feedsAlike(decoder, FeedForward.Gated.class)
        && Decoders.hasOneWindow(decoder)
        && !decoder.attention().qkNorm()
        && !decoder.attention().qkvBias()
        && !decoder.attention().outputBias()
        && decoder.stack().blocks().getFirst().feedForward() instanceof FeedForward.Gated gated
        && !gated.bias();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          OptionalInt window = config.optionalInteger("sliding_window");
          Attention attention =
              Decoders.attention(config, Decoders.headDim(config), false, false, false, 10_000).withWindow(window);
          FeedForward feed = Decoders.swiGlu(config, "intermediate_size", false);
          return Decoders.spec(config, _ -> new BlockSpec(attention, feed), 131_072, false);
        });
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = Decoders.write(this, decoder, special, dtype);
    config.putNull("sliding_window");
    decoder.attention().window().ifPresent(size -> config.put("sliding_window", size));
    return config;
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
