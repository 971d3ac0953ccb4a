package dev.athanor.model.families;

import dev.athanor.base.UserException;
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
import dev.athanor.model.RelativeBias;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.Stack;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// T5 (ReLU, tied head) and T5 1.1 (gated GELU, head of its own). Raffel et al., https://arxiv.org/abs/1910.10683
public record T5() implements Family {
  @Override
  public String modelType() {
    return "t5";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "T5ForConditionalGeneration";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof EncoderDecoderSpec both
        && both.embedding().equals(Embedding.PLAIN)
        && both.head().equals(head(both.head().tied(), both.hiddenSize()))
        && isT5(both.encoder())
        && isT5(both.decoder())
        && both.encoder().relativeBias().equals(both.decoder().relativeBias())
        && both.encoder().blocks().getFirst().equals(both.decoder().blocks().getFirst())
        && both.decoder().cross().equals(Optional.of(both.decoder().blocks().getFirst().mixer()));
  }

  private static boolean isT5(Stack stack) {
    return stack.isUniform()
        && stack.placement() == NormPlacement.PRE
        && stack.finalNorm()
        && stack.relativeBias().isPresent()
        && stack.norm() instanceof Norm.Rms rms
        && !rms.zeroCentred()
        && stack.blocks().getFirst().mixer() instanceof Attention a
        && a.equals(Attention.multiHead(a.numHeads(), a.headDim(), false, 1))
        && switch (stack.blocks().getFirst().feedForward()) {
          case FeedForward.Gated gated -> !gated.bias();
          case FeedForward.Plain plain -> !plain.bias();
          case FeedForward.Experts _, FeedForward.None _ -> false;
        };
  }

  private static Head head(boolean tied, int hidden) {
    return new Head(tied, false, OptionalDouble.empty(), tied ? 1 / Math.sqrt(hidden) : 1);
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    Config config = new Config(json);
    return Config.checked(
        () -> {
          int hidden = config.required("d_model");
          Attention attention = Attention.multiHead(config.required("num_heads"), config.required("d_kv"), false, 1);
          BlockSpec block = new BlockSpec(attention, feedForward(config));
          Norm norm = new Norm.Rms(config.number("layer_norm_epsilon", 1e-6));
          Optional<RelativeBias> bias =
              Optional.of(
                  new RelativeBias(
                      config.integer("relative_attention_num_buckets", 32),
                      config.integer("relative_attention_max_distance", 128)));
          int layers = config.required("num_layers");
          Stack encoder =
              new Stack(
                  hidden, Collections.nCopies(layers, block), norm, NormPlacement.PRE, false, Optional.empty(), bias, true);
          Stack decoder =
              new Stack(
                  hidden,
                  Collections.nCopies(config.integer("num_decoder_layers", layers), block),
                  norm,
                  NormPlacement.PRE,
                  true,
                  Optional.of(attention),
                  bias,
                  true);
          return new EncoderDecoderSpec(
              config.required("vocab_size"),
              config.integer("n_positions", 512),
              Embedding.PLAIN,
              encoder,
              decoder,
              // Newer files call every T5 tied, and tell the one whose head is its own by its unscaled outputs.
              head(config.flag("scale_decoder_outputs", config.flag("tie_word_embeddings", true)), hidden),
              config.integer("decoder_start_token_id", 0));
        });
  }

  private static FeedForward feedForward(Config config) {
    String kind = config.text("feed_forward_proj", "relu");
    int size = config.required("d_ff");
    if (!kind.startsWith("gated-")) {
      return new FeedForward.Plain(size, Config.activation("feed_forward_proj", kind), false);
    }
    String activation = kind.substring("gated-".length());
    // "gated-gelu" has always meant the approximation by tanh.
    return new FeedForward.Gated(
        size, Config.activation("feed_forward_proj", activation.equals("gelu") ? "gelu_new" : activation), false);
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    EncoderDecoderSpec both = (EncoderDecoderSpec) spec;
    ObjectNode config = Decoders.start(this, spec, both.vocabSize(), dtype, special);
    config.put("is_encoder_decoder", true);
    config.put("d_model", both.hiddenSize());
    config.put("num_layers", both.encoder().blocks().size());
    config.put("num_decoder_layers", both.decoder().blocks().size());
    if (both.encoder().blocks().getFirst().mixer() instanceof Attention a) {
      config.put("num_heads", a.numHeads());
      config.put("d_kv", a.headDim());
    }
    switch (both.encoder().blocks().getFirst().feedForward()) {
      case FeedForward.Gated gated -> {
        config.put("d_ff", gated.intermediateSize());
        config.put(
            "feed_forward_proj",
            "gated-" + (gated.activation() == Activation.GELU_TANH ? "gelu" : Config.name(gated.activation())));
      }
      case FeedForward.Plain plain -> {
        config.put("d_ff", plain.intermediateSize());
        config.put("feed_forward_proj", Config.name(plain.activation()));
      }
      case FeedForward.Experts _, FeedForward.None _ -> throw new UserException("T5 has no such feed-forward part");
    }
    both.encoder()
        .relativeBias()
        .ifPresent(
            bias -> {
              config.put("relative_attention_num_buckets", bias.buckets());
              config.put("relative_attention_max_distance", bias.maxDistance());
            });
    config.put("n_positions", both.contextLength());
    config.put("layer_norm_epsilon", both.encoder().norm().eps());
    config.put("decoder_start_token_id", both.decoderStart());
    config.put("pad_token_id", both.decoderStart());
    config.put("tie_word_embeddings", both.head().tied());
    config.put("scale_decoder_outputs", both.head().tied());
    return config;
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    return new Layout()
        .rename("model.embed_tokens", "shared")
        .rename("relative_bias.", "block.0.layer.0.SelfAttention.relative_attention_bias.")
        .rename("coder.norm.", "coder.final_layer_norm.")
        .rename("coder.layers.", "coder.block.")
        .rename(".input_layernorm", ".layer.0.layer_norm")
        .rename(".self_attn.q_proj", ".layer.0.SelfAttention.q")
        .rename(".self_attn.k_proj", ".layer.0.SelfAttention.k")
        .rename(".self_attn.v_proj", ".layer.0.SelfAttention.v")
        .rename(".self_attn.o_proj", ".layer.0.SelfAttention.o")
        .rename(".cross_attention_layernorm", ".layer.1.layer_norm")
        .rename(".cross_attn.q_proj", ".layer.1.EncDecAttention.q")
        .rename(".cross_attn.k_proj", ".layer.1.EncDecAttention.k")
        .rename(".cross_attn.v_proj", ".layer.1.EncDecAttention.v")
        .rename(".cross_attn.o_proj", ".layer.1.EncDecAttention.o")
        .of(spec)
        .stream()
        .map(weight -> feedForwardNames(weight, (EncoderDecoderSpec) spec))
        .toList();
  }

  /// The feed-forward part is the block's second layer in the encoder, its third in the decoder.
  private static PublishedWeight feedForwardNames(PublishedWeight weight, EncoderDecoderSpec spec) {
    boolean gated = spec.encoder().blocks().getFirst().feedForward() instanceof FeedForward.Gated;
    String layer = weight.name().startsWith("decoder.") ? ".layer.2." : ".layer.1.";
    String name =
        weight
            .name()
            .replace(".post_attention_layernorm", layer + "layer_norm")
            .replace(".mlp.gate_proj", layer + "DenseReluDense.wi_0")
            .replace(".mlp.up_proj", layer + "DenseReluDense." + (gated ? "wi_1" : "wi"))
            .replace(".mlp.down_proj", layer + "DenseReluDense.wo");
    return new PublishedWeight(name, weight.transposed(), weight.parts());
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    boolean tied = spec instanceof EncoderDecoderSpec both && both.head().tied();
    return name.endsWith(".embed_tokens.weight")
        || (tied && name.equals("lm_head.weight"))
        // Old checkpoints store one that the published code never reads.
        || name.equals("decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight");
  }
}
