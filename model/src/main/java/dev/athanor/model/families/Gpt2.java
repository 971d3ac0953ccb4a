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
import dev.athanor.model.WeightNames;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// GPT-2: learned positions, layer norms, biases everywhere, matrices stored [in, out]. Radford et al., "Language Models are
/// Unsupervised Multitask Learners"
public record Gpt2() implements Family {
  private static final String PREFIX = "transformer.";

  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "GPT2LMHeadModel";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec decoder
        && decoder.embedsTokensOnly()
        && decoder.embedding().equals(embedding(decoder.contextLength()))
        && decoder.stack().isUniform()
        && decoder.stack().placement() == NormPlacement.PRE
        && decoder.norm() instanceof Norm.Layer
        && decoder.head().equals(Head.of(decoder.tiedHead()))
        && decoder.stack().blocks().getFirst().mixer() instanceof Attention a
        && a.equals(attention(a.numHeads(), a.headDim()))
        && a.numHeads() * a.headDim() == decoder.hiddenSize()
        && decoder.stack().blocks().getFirst().feedForward() instanceof FeedForward.Plain plain
        && plain.bias();
  }

  private static Embedding embedding(int positions) {
    return new Embedding(1, new Positions.Learned(positions, 0), 0, false);
  }

  private static Attention attention(int heads, int headDim) {
    return Attention.multiHead(heads, headDim, true, Attention.scale(headDim));
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    config.requireFlag("scale_attn_weights", true);
    config.requireFlag("scale_attn_by_inverse_layer_idx", false);
    config.requireFlag("add_cross_attention", false);
    return Config.checked(
        () -> {
          int hidden = config.required("n_embd");
          int heads = config.required("n_head");
          int positions = config.integer("n_positions", config.integer("n_ctx", 1024));
          FeedForward feed =
              new FeedForward.Plain(
                  config.integer("n_inner", 4 * hidden), config.activation("activation_function", Activation.GELU_TANH), true);
          BlockSpec block = new BlockSpec(attention(heads, heads == 0 ? 0 : hidden / heads), feed);
          List<BlockSpec> blocks = Collections.nCopies(config.required("n_layer"), block);
          Norm norm = new Norm.Layer(config.number("layer_norm_epsilon", 1e-5));
          return new DecoderSpec(
              config.required("vocab_size"),
              positions,
              embedding(positions),
              Stack.causal(hidden, blocks, norm, NormPlacement.PRE),
              Head.of(config.flag("tie_word_embeddings", true)));
        });
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = Decoders.start(this, spec, decoder.vocabSize(), dtype, special);
    config.put("n_embd", decoder.hiddenSize());
    config.put("n_layer", decoder.numLayers());
    config.put("n_head", decoder.attention().numHeads());
    config.put("n_positions", decoder.contextLength());
    if (decoder.stack().blocks().getFirst().feedForward() instanceof FeedForward.Plain plain) {
      config.put("n_inner", plain.intermediateSize());
      config.put("activation_function", plain.activation() == Activation.GELU_TANH ? "gelu_new" : Config.name(plain.activation()));
    }
    config.put("layer_norm_epsilon", decoder.norm().eps());
    config.put("tie_word_embeddings", decoder.tiedHead());
    return config;
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    Layout layout = new Layout().transposeMatrices();
    for (int i = 0; i < ((DecoderSpec) spec).numLayers(); i++) {
      WeightNames.Block ours = WeightNames.block(i);
      String theirs = PREFIX + "h." + i + ".attn.c_attn";
      layout.join(theirs + ".weight", ours.q(), ours.k(), ours.v());
      layout.join(theirs + ".bias", ours.qBias(), ours.kBias(), ours.vBias());
    }
    return layout
        .rename("model.embed_tokens", PREFIX + "wte")
        .rename("model.embed_positions", PREFIX + "wpe")
        .rename("model.layers.", PREFIX + "h.")
        .rename("model.norm", PREFIX + "ln_f")
        .rename(".input_layernorm", ".ln_1")
        .rename(".post_attention_layernorm", ".ln_2")
        .rename(".self_attn.o_proj", ".attn.c_proj")
        .rename(".mlp.up_proj", ".mlp.c_fc")
        .rename(".mlp.down_proj", ".mlp.c_proj")
        .of(spec);
  }

  /// The first published checkpoints leave the prefix out.
  @Override
  public String currentName(String stored, ModelSpec spec) {
    return stored.startsWith("h.") || stored.startsWith("w") || stored.startsWith("ln_f") ? PREFIX + stored : stored;
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return Decoders.isSpare(name, spec) || name.endsWith(".attn.bias") || name.endsWith(".attn.masked_bias");
  }
}
