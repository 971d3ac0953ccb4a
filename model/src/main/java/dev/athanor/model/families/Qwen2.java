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

/// Qwen2 and Qwen2.5: query, key and value have biases; upper blocks may see a sliding window. https://arxiv.org/abs/2407.10671
public record Qwen2() implements Family {
  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "Qwen2ForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && Decoders.isLlamaLike(decoder)
        && Decoders.feedsAlike(decoder, FeedForward.Gated.class)
        && decoder.attention().qkvBias()
        && !decoder.attention().outputBias()
        && !decoder.attention().qkNorm()
        && decoder.stack().blocks().getFirst().feedForward() instanceof FeedForward.Gated gated
        && !gated.bias();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          Attention attention = Decoders.attention(config, Decoders.headDim(config), false, true, false, 10_000);
          IntFunction<OptionalInt> windows = windows(config);
          FeedForward feed = Decoders.swiGlu(config, "intermediate_size", false);
          return Decoders.spec(
              config, layer -> new BlockSpec(attention.withWindow(windows.apply(layer)), feed), 32_768, false);
        });
  }

  /// With `use_sliding_window`, from `max_window_layers` on.
  static IntFunction<OptionalInt> windows(Config config) {
    if (!config.flag("use_sliding_window", false)) {
      return _ -> OptionalInt.empty();
    }
    int full = config.integer("max_window_layers", 28);
    return Decoders.windows(config, layer -> layer >= full);
  }

  static void writeWindows(ObjectNode config, DecoderSpec spec) {
    Decoders.writeWindows(config, spec);
    config.put("use_sliding_window", Decoders.hasWindow(spec));
    int full = 0;
    while (full < spec.numLayers()
        && spec.stack().blocks().get(full).mixer() instanceof Attention a
        && a.window().isEmpty()) {
      full++;
    }
    config.put("max_window_layers", full);
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = Decoders.write(this, decoder, special, dtype);
    writeWindows(config, decoder);
    return config;
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
