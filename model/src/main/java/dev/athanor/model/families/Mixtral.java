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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Mixtral: a Mistral whose feed-forward parts are mixtures, the chosen experts' weights adding up to one.
/// https://arxiv.org/abs/2401.04088
public record Mixtral() implements Family {
  @Override
  public String modelType() {
    return "mixtral";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "MixtralForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && Decoders.isLlamaLike(decoder)
        && Decoders.feedsAlike(decoder, FeedForward.Experts.class)
        && Decoders.hasOneWindow(decoder)
        && !decoder.attention().qkNorm()
        && !decoder.attention().qkvBias()
        && !decoder.attention().outputBias()
        && experts(decoder).normalise()
        && experts(decoder).shared().isEmpty()
        && experts(decoder).zLoss() == 0;
  }

  static FeedForward.Experts experts(DecoderSpec spec) {
    return spec.stack().blocks().stream()
        .map(BlockSpec::feedForward)
        .filter(FeedForward.Experts.class::isInstance)
        .map(FeedForward.Experts.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no mixture of experts"));
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          OptionalInt window = config.optionalInteger("sliding_window");
          Attention attention =
              Decoders.attention(config, Decoders.headDim(config), false, false, false, 1e6).withWindow(window);
          FeedForward feed =
              new FeedForward.Experts(
                  config.required("num_local_experts"),
                  config.integer("num_experts_per_tok", 2),
                  config.required("intermediate_size"),
                  config.activation("hidden_act", Activation.SILU),
                  true,
                  OptionalInt.empty(),
                  config.number("router_aux_loss_coef", 0.001),
                  0);
          return Decoders.spec(config, _ -> new BlockSpec(attention, feed), 131_072, false);
        });
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    FeedForward.Experts experts = experts(decoder);
    ObjectNode config = Decoders.write(this, decoder, special, dtype);
    config.putNull("sliding_window");
    decoder.attention().window().ifPresent(size -> config.put("sliding_window", size));
    config.put("num_local_experts", experts.numExperts());
    config.put("num_experts_per_tok", experts.perToken());
    config.put("router_aux_loss_coef", experts.balanceLoss());
    return config;
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    return new Layout()
        .rename(".mlp.gate.", ".block_sparse_moe.gate.")
        .rename(".mlp.experts.", ".block_sparse_moe.experts.")
        .rename(".gate_proj.", ".w1.")
        .rename(".down_proj.", ".w2.")
        .rename(".up_proj.", ".w3.")
        .of(spec);
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
