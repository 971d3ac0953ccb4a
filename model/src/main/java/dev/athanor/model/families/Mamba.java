package dev.athanor.model.families;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Mamba: blocks of a selective state space and nothing else. Gu and Dao, https://arxiv.org/abs/2312.00752
public record Mamba() implements Family {
  /// A recurrence has no longest sequence: where the file says none, one far beyond what it was trained on.
  private static final int CONTEXT = 1 << 20;

  @Override
  public String modelType() {
    return "mamba";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "MambaForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && isBare(decoder)
        && decoder.stack().blocks().getFirst().mixer() instanceof Mixer.Mamba;
  }

  /// Equal blocks of a mixer alone under RMS norms.
  static boolean isBare(DecoderSpec spec) {
    return spec.embedsTokensOnly()
        && spec.embedding().equals(Embedding.PLAIN)
        && spec.stack().isUniform()
        && spec.stack().placement() == NormPlacement.PRE
        && spec.norm() instanceof Norm.Rms rms
        && !rms.zeroCentred()
        && spec.head().equals(Head.of(spec.tiedHead()))
        && spec.stack().blocks().getFirst().feedForward() instanceof FeedForward.None;
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    config.requireText("hidden_act", "silu");
    return Config.checked(
        () -> {
          int hidden = config.required("hidden_size");
          Mixer mixer =
              new Mixer.Mamba(
                  config.integer("intermediate_size", config.integer("expand", 2) * hidden),
                  config.integer("state_size", 16),
                  config.integer("conv_kernel", 4),
                  config.json().path("time_step_rank").isIntegralNumber()
                      ? config.required("time_step_rank")
                      : Math.ceilDiv(hidden, 16),
                  config.flag("use_conv_bias", true),
                  config.flag("use_bias", false));
          return bare(config, mixer, true);
        });
  }

  static DecoderSpec bare(Config config, Mixer mixer, boolean tiedByDefault) {
    List<BlockSpec> blocks =
        Collections.nCopies(config.required("num_hidden_layers"), new BlockSpec(mixer, new FeedForward.None()));
    Norm norm = new Norm.Rms(config.number("layer_norm_epsilon", 1e-5));
    return new DecoderSpec(
        config.required("vocab_size"),
        config.integer("max_position_embeddings", CONTEXT),
        Embedding.PLAIN,
        Stack.causal(config.required("hidden_size"), blocks, norm, NormPlacement.PRE),
        Head.of(config.flag("tie_word_embeddings", tiedByDefault)));
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = start(this, decoder, special, dtype);
    if (decoder.stack().blocks().getFirst().mixer() instanceof Mixer.Mamba m) {
      config.put("intermediate_size", m.innerSize());
      config.put("expand", m.innerSize() / decoder.hiddenSize());
      config.put("state_size", m.stateSize());
      config.put("conv_kernel", m.convKernel());
      config.put("time_step_rank", m.dtRank());
      config.put("use_conv_bias", m.convBias());
      config.put("use_bias", m.projectionBias());
    }
    return config;
  }

  static ObjectNode start(Family family, DecoderSpec spec, SpecialTokens special, DType dtype) {
    ObjectNode config = Decoders.start(family, spec, spec.vocabSize(), dtype, special);
    config.put("hidden_size", spec.hiddenSize());
    config.put("num_hidden_layers", spec.numLayers());
    config.put("hidden_act", "silu");
    config.put("layer_norm_epsilon", spec.norm().eps());
    config.put("tie_word_embeddings", spec.tiedHead());
    config.put("residual_in_fp32", true);
    if (spec.contextLength() != CONTEXT) {
      config.put("max_position_embeddings", spec.contextLength()); // ours; the published library has no use for it
    }
    return config;
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    return names().of(spec);
  }

  static Layout names() {
    return new Layout()
        .rename("model.embed_tokens", "backbone.embeddings")
        .rename("model.layers.", "backbone.layers.")
        .rename("model.norm", "backbone.norm_f")
        .rename(".input_layernorm", ".norm");
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec);
  }
}
