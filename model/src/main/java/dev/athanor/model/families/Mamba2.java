package dev.athanor.model.families;

import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Mamba-2: a state space with one decay a head. Dao and Gu, https://arxiv.org/abs/2405.21060
public record Mamba2() implements Family {
  @Override
  public String modelType() {
    return "mamba2";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "Mamba2ForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && Mamba.isBare(decoder)
        && decoder.stack().blocks().getFirst().mixer() instanceof Mixer.Mamba2 m
        && m.normEps() == decoder.norm().eps();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    config.requireText("hidden_act", "silu");
    config.requireFlag("rms_norm", true);
    config.requireFlag("norm_before_gate", false);
    requireUnlimitedTimeStep(json.path("time_step_limit"));
    return Config.checked(
        () -> {
          int inner = config.integer("expand", 2) * config.required("hidden_size");
          int headDim = config.integer("head_dim", 64);
          Mixer mixer =
              new Mixer.Mamba2(
                  config.integer("num_heads", headDim == 0 ? 0 : inner / headDim),
                  headDim,
                  config.integer("n_groups", 8),
                  config.integer("state_size", 128),
                  config.integer("conv_kernel", 4),
                  config.integer("chunk_size", 256),
                  config.flag("use_conv_bias", true),
                  config.flag("use_bias", false),
                  config.number("layer_norm_epsilon", 1e-5));
          return Mamba.bare(config, mixer, false);
        });
  }

  /// JSON has no infinity: files say `[0.0, Infinity]`, or leave it out.
  private static void requireUnlimitedTimeStep(JsonNode limit) {
    if (limit.isArray() && limit.size() == 2) {
      boolean zero = limit.get(0).asDouble(-1) == 0;
      boolean infinite = !limit.get(1).isNumber() || Double.isInfinite(limit.get(1).asDouble());
      if (!zero || !infinite) {
        throw new UserException("'time_step_limit': " + limit + " is not supported; only [0.0, Infinity] is");
      }
    }
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = Mamba.start(this, decoder, special, dtype);
    if (decoder.stack().blocks().getFirst().mixer() instanceof Mixer.Mamba2 m) {
      config.put("expand", m.innerSize() / decoder.hiddenSize());
      config.put("num_heads", m.numHeads());
      config.put("head_dim", m.headDim());
      config.put("n_groups", m.groups());
      config.put("state_size", m.stateSize());
      config.put("conv_kernel", m.convKernel());
      config.put("chunk_size", m.chunk());
      config.put("use_conv_bias", m.convBias());
      config.put("use_bias", m.projectionBias());
      config.put("rms_norm", true);
    }
    return config;
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    return Mamba.names().of(spec);
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
