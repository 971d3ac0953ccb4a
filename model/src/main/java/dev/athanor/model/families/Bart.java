package dev.athanor.model.families;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.Embedding;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// BART: learned positions, layer norms after each part, logits with a bias. Lewis et al., https://arxiv.org/abs/1910.13461
public record Bart() implements Family {
  /// The first two rows of the tables of positions are unused.
  private static final int OFFSET = 2;
  private static final String BIAS = "final_logits_bias";

  @Override
  public String modelType() {
    return "bart";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "BartForConditionalGeneration";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof EncoderDecoderSpec both
        && (both.embedding().equals(embedding(both.contextLength(), 1))
            || both.embedding().equals(embedding(both.contextLength(), Math.sqrt(both.hiddenSize()))))
        && both.head().equals(new Head(true, true, OptionalDouble.empty(), 1))
        && isBart(both.encoder())
        && isBart(both.decoder())
        && both.decoder().cross().equals(Optional.of(both.decoder().blocks().getFirst().mixer()));
  }

  private static Embedding embedding(int context, double scale) {
    return new Embedding(scale, new Positions.Learned(context + OFFSET, OFFSET), 0, true);
  }

  private static boolean isBart(Stack stack) {
    return stack.isUniform()
        && stack.placement() == NormPlacement.POST
        && !stack.finalNorm()
        && stack.relativeBias().isEmpty()
        && stack.norm() instanceof Norm.Layer layer
        && layer.eps() == 1e-5
        && stack.blocks().getFirst().mixer() instanceof Attention a
        && a.equals(attention(a.numHeads(), a.headDim()))
        && a.numHeads() * a.headDim() == stack.hiddenSize()
        && stack.blocks().getFirst().feedForward() instanceof FeedForward.Plain plain
        && plain.bias();
  }

  private static Attention attention(int heads, int headDim) {
    return Attention.multiHead(heads, headDim, true, Attention.scale(headDim));
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          int hidden = config.required("d_model");
          int context = config.integer("max_position_embeddings", 1024);
          double scale = config.flag("scale_embedding", false) ? Math.sqrt(hidden) : 1;
          return new EncoderDecoderSpec(
              config.required("vocab_size"),
              context,
              embedding(context, scale),
              stack(config, "encoder", hidden),
              stack(config, "decoder", hidden),
              new Head(true, true, OptionalDouble.empty(), 1),
              config.integer("decoder_start_token_id", 2));
        });
  }

  private static Stack stack(Config config, String side, int hidden) {
    int heads = config.required(side + "_attention_heads");
    Attention attention = attention(heads, heads == 0 ? 0 : hidden / heads);
    FeedForward feed =
        new FeedForward.Plain(
            config.required(side + "_ffn_dim"), config.activation("activation_function", Activation.GELU), true);
    List<BlockSpec> blocks = Collections.nCopies(config.required(side + "_layers"), new BlockSpec(attention, feed));
    boolean decodes = side.equals("decoder");
    return new Stack(
        hidden,
        blocks,
        new Norm.Layer(1e-5),
        NormPlacement.POST,
        decodes,
        decodes ? Optional.of(attention) : Optional.empty(),
        Optional.empty(),
        false);
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    EncoderDecoderSpec both = (EncoderDecoderSpec) spec;
    ObjectNode config = Decoders.start(this, spec, both.vocabSize(), dtype, special);
    config.put("is_encoder_decoder", true);
    config.put("d_model", both.hiddenSize());
    write(config, "encoder", both.encoder());
    write(config, "decoder", both.decoder());
    config.put("max_position_embeddings", both.contextLength());
    config.put("scale_embedding", both.embedding().scale() != 1);
    config.put("decoder_start_token_id", both.decoderStart());
    config.put("pad_token_id", 1);
    return config;
  }

  private static void write(ObjectNode config, String side, Stack stack) {
    config.put(side + "_layers", stack.blocks().size());
    if (stack.blocks().getFirst().mixer() instanceof Attention a) {
      config.put(side + "_attention_heads", a.numHeads());
    }
    if (stack.blocks().getFirst().feedForward() instanceof FeedForward.Plain plain) {
      config.put(side + "_ffn_dim", plain.intermediateSize());
      config.put("activation_function", Config.name(plain.activation()));
    }
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    return new Layout()
        .rename("model.embed_tokens", "model.shared")
        .rename("encoder.", "model.encoder.")
        .rename("decoder.", "model.decoder.")
        .rename(".embed_norm", ".layernorm_embedding")
        .rename(".o_proj", ".out_proj")
        .rename(".cross_attn.", ".encoder_attn.")
        .rename(".post_attention_layernorm", ".self_attn_layer_norm")
        .rename(".cross_attention_layernorm", ".encoder_attn_layer_norm")
        .rename(".mlp.up_proj", ".fc1")
        .rename(".mlp.down_proj", ".fc2")
        .rename(".post_feedforward_layernorm", ".final_layer_norm")
        .rename("lm_head.bias", BIAS)
        .of(spec)
        .stream()
        .map(weight -> new PublishedWeight(weight.name(), weight.transposed(), weight.parts(), weight.name().equals(BIAS)))
        .toList();
  }

  @Override
  public String currentName(String stored, ModelSpec spec) {
    boolean bare = stored.startsWith("encoder.") || stored.startsWith("decoder.") || stored.startsWith("shared.");
    return bare ? "model." + stored : stored;
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return name.endsWith(".embed_tokens.weight") || name.equals("lm_head.weight");
  }
}
