package dev.athanor.model.families;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Gemma 2: norms before and after each part, every other block sees a window, scores and logits are softly capped.
/// https://arxiv.org/abs/2408.00118
public record Gemma2() implements Family {
  @Override
  public String modelType() {
    return "gemma2";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "Gemma2ForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && decoder.embedsTokensOnly()
        && decoder.embedding().equals(embedding(decoder.hiddenSize()))
        && decoder.stack().placement() == NormPlacement.SANDWICH
        && decoder.stack().finalNorm()
        && decoder.norm() instanceof Norm.Rms rms
        && rms.zeroCentred()
        && decoder.tiedHead()
        && !decoder.head().bias()
        && decoder.head().scale() == 1
        && Decoders.feedsAlike(decoder, FeedForward.Gated.class)
        && decoder.stack().blocks().stream()
            .allMatch(
                block ->
                    block.mixer() instanceof Attention a
                        && a.rope().isPresent()
                        && !a.qkNorm()
                        && a.qkvBias() == a.outputBias()
                        && a.withWindow(OptionalInt.empty())
                            .equals(decoder.attention().withWindow(OptionalInt.empty())));
  }

  /// Scaled by √hiddenSize.
  private static Embedding embedding(int hiddenSize) {
    return new Embedding(Math.sqrt(hiddenSize), new Positions.None(), 0, false);
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          int headDim = config.integer("head_dim", 256);
          boolean bias = config.flag("attention_bias", false);
          Attention attention =
              Decoders.attention(config, headDim, false, bias, bias, 10_000)
                  .withScale(1 / Math.sqrt(config.number("query_pre_attn_scalar", 256)))
                  .withSoftcap(config.optionalNumber("attn_logit_softcapping"));
          Activation activation =
              config.activation("hidden_activation", config.activation("hidden_act", Activation.GELU_TANH));
          FeedForward feed = new FeedForward.Gated(config.required("intermediate_size"), activation, false);
          IntFunction<OptionalInt> windows = Decoders.windows(config, layer -> layer % 2 == 0);
          int hidden = config.required("hidden_size");
          List<BlockSpec> blocks =
              IntStream.range(0, config.required("num_hidden_layers"))
                  .mapToObj(layer -> new BlockSpec(attention.withWindow(windows.apply(layer)), feed))
                  .toList();
          Norm norm = new Norm.Rms(config.number("rms_norm_eps", 1e-6), true);
          OptionalDouble softcap = config.optionalNumber("final_logit_softcapping");
          config.requireFlag("tie_word_embeddings", true);
          return new DecoderSpec(
              config.required("vocab_size"),
              config.integer("max_position_embeddings", 8192),
              embedding(hidden),
              Stack.causal(hidden, blocks, norm, NormPlacement.SANDWICH),
              new Head(true, false, softcap, 1));
        });
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = Decoders.write(this, decoder, special, dtype);
    Attention attention = decoder.attention();
    config.set("hidden_activation", config.get("hidden_act"));
    config.put("attention_bias", attention.qkvBias());
    putScalar(config, 1 / (attention.scale() * attention.scale()));
    put(config, "attn_logit_softcapping", attention.softcap());
    put(config, "final_logit_softcapping", decoder.head().softcap());
    Decoders.writeWindows(config, decoder);
    return config;
  }

  /// Published files have whole numbers there, and the published library takes no others.
  private static void putScalar(ObjectNode config, double scalar) {
    long whole = Math.round(scalar);
    if (Math.abs(scalar - whole) < 1e-9 * scalar) {
      config.put("query_pre_attn_scalar", whole);
    } else {
      config.put("query_pre_attn_scalar", scalar);
    }
  }

  private static void put(ObjectNode config, String key, OptionalDouble value) {
    if (value.isPresent()) {
      config.put(key, value.getAsDouble());
    } else {
      config.putNull(key);
    }
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
