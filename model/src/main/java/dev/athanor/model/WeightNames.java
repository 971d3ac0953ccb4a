package dev.athanor.model;

import java.util.List;

/// What we call each weight. Training and serving read this one list; each of the `families` says how its published checkpoints
/// call the same weights. A decoder's names are those of the published Llama and Qwen checkpoints.
public final class WeightNames {
  /// A decoder, or the only stack of an encoder.
  public static final String MODEL = "model.";
  /// The encoder of an encoder-decoder.
  public static final String ENCODER = "encoder.";
  /// The decoder of an encoder-decoder.
  public static final String DECODER = "decoder.";
  public static final String VISION = "vision.";
  public static final String PROJECTOR = "projector.";

  private static final String NGRAM_TABLES = MODEL + "embed_ngrams.";

  private WeightNames() {}

  /// Every weight of a model, in the order of computation.
  public static List<WeightSpec> weights(ModelSpec spec) {
    return WeightLists.of(spec);
  }

  public static String embedding() {
    return MODEL + "embed_tokens.weight";
  }

  /// The table of one order, [rows, dim].
  public static String ngramTable(int order) {
    return NGRAM_TABLES + order + ".weight";
  }

  public static boolean isNgramTable(String name) {
    return name.startsWith(NGRAM_TABLES);
  }

  /// From the tables' rows, side by side, to the hidden size.
  public static String ngramProjection() {
    return MODEL + "ngram_proj.weight";
  }

  /// From the followers' embeddings, side by side, to the hidden size.
  public static String inductionProjection() {
    return MODEL + "induction_proj.weight";
  }

  public static String finalNorm() {
    return MODEL + "norm.weight";
  }

  /// Absent where the head is tied to the embedding.
  public static String head() {
    return "lm_head.weight";
  }

  public static String headBias() {
    return "lm_head.bias";
  }

  /// What a masked-language-modelling head does before it meets the vocabulary.
  public static String headTransform() {
    return "lm_head.transform";
  }

  public static String headNorm() {
    return "lm_head.norm";
  }

  public static String pooler() {
    return "pooler";
  }

  public static String classifier() {
    return "classifier";
  }

  /// A stack's learned positions, [rows, hidden].
  public static String positions(String stack) {
    return stack + "embed_positions.weight";
  }

  /// A stack's token types, [types, hidden].
  public static String types(String stack) {
    return stack + "embed_types.weight";
  }

  /// The norm on a stack's embeddings, without `.weight` or `.bias`.
  public static String embeddingNorm(String stack) {
    return stack + "embed_norm";
  }

  /// The norm after a stack's last block, without `.weight` or `.bias`.
  public static String stackNorm(String stack) {
    return stack + "norm";
  }

  /// A stack's relative bias, [buckets, heads].
  public static String relativeBias(String stack) {
    return stack + "relative_bias.weight";
  }

  /// [hidden, channels, patch, patch]
  public static String patches() {
    return VISION + "patch_embedding";
  }

  public static String classToken() {
    return VISION + "class_embedding";
  }

  /// A weight's name, of what is named without.
  public static String weight(String part) {
    return part + ".weight";
  }

  public static String bias(String part) {
    return part + ".bias";
  }

  /// @param index from 0
  public static Block block(int index) {
    return block(MODEL, index);
  }

  public static Block block(String stack, int index) {
    return new Block(stack + "layers." + index + ".");
  }

  /// The weights of one block. Names of parts come without `.weight` and `.bias`.
  public record Block(String prefix) {
    /// The norm before the mixer.
    public String inputNormPart() {
      return prefix + "input_layernorm";
    }

    /// The norm between mixer and feed-forward part: before the latter ([NormPlacement#PRE]), or after the former.
    public String postNormPart() {
      return prefix + "post_attention_layernorm";
    }

    /// Before the feed-forward part, where there is one after the mixer too.
    public String preFeedNormPart() {
      return prefix + "pre_feedforward_layernorm";
    }

    /// After the feed-forward part.
    public String postFeedNormPart() {
      return prefix + "post_feedforward_layernorm";
    }

    /// Before or after the attention to an encoder's result.
    public String crossNormPart() {
      return prefix + "cross_attention_layernorm";
    }

    public Attention selfAttention() {
      return new Attention(prefix + "self_attn.");
    }

    public Attention crossAttention() {
      return new Attention(prefix + "cross_attn.");
    }

    public String inputNorm() {
      return weight(inputNormPart());
    }

    public String postNorm() {
      return weight(postNormPart());
    }

    public String q() {
      return weight(selfAttention().q());
    }

    public String k() {
      return weight(selfAttention().k());
    }

    public String v() {
      return weight(selfAttention().v());
    }

    public String o() {
      return weight(selfAttention().o());
    }

    public String qBias() {
      return bias(selfAttention().q());
    }

    public String kBias() {
      return bias(selfAttention().k());
    }

    public String vBias() {
      return bias(selfAttention().v());
    }

    public String qNorm() {
      return selfAttention().qNorm();
    }

    public String kNorm() {
      return selfAttention().kNorm();
    }

    public String gatePart() {
      return prefix + "mlp.gate_proj";
    }

    public String upPart() {
      return prefix + "mlp.up_proj";
    }

    public String downPart() {
      return prefix + "mlp.down_proj";
    }

    public String gate() {
      return weight(gatePart());
    }

    public String up() {
      return weight(upPart());
    }

    public String down() {
      return weight(downPart());
    }

    /// From hidden states to a score for each expert.
    public String router() {
      return prefix + "mlp.gate.weight";
    }

    /// @param index from 0
    public Expert expert(int index) {
      return new Expert(prefix + "mlp.experts." + index + ".");
    }

    public Expert sharedExpert() {
      return new Expert(prefix + "mlp.shared_experts.");
    }

    public StateSpace stateSpace() {
      return new StateSpace(prefix + "mixer.");
    }
  }

  /// Parts without `.weight` and `.bias`, but for the norms.
  public record Attention(String prefix) {
    public String q() {
      return prefix + "q_proj";
    }

    public String k() {
      return prefix + "k_proj";
    }

    public String v() {
      return prefix + "v_proj";
    }

    public String o() {
      return prefix + "o_proj";
    }

    public String qNorm() {
      return prefix + "q_norm.weight";
    }

    public String kNorm() {
      return prefix + "k_norm.weight";
    }
  }

  public record Expert(String prefix) {
    public String gate() {
      return prefix + "gate_proj.weight";
    }

    public String up() {
      return prefix + "up_proj.weight";
    }

    public String down() {
      return prefix + "down_proj.weight";
    }
  }

  /// Parts of both kinds of state space. Projections and the convolution come without `.weight` and `.bias`.
  public record StateSpace(String prefix) {
    public String in() {
      return prefix + "in_proj";
    }

    /// [channels, 1, kernel]
    public String convolution() {
      return prefix + "conv1d";
    }

    /// From channels to Δ's bottleneck, B and C.
    public String x() {
      return prefix + "x_proj.weight";
    }

    /// From the bottleneck to a Δ for each channel.
    public String dt() {
      return prefix + "dt_proj";
    }

    /// A head's Δ before the input adds to it (Mamba-2).
    public String dtBias() {
      return prefix + "dt_bias";
    }

    /// ln(−A)
    public String logA() {
      return prefix + "A_log";
    }

    public String d() {
      return prefix + "D";
    }

    /// The gated norm (Mamba-2).
    public String norm() {
      return prefix + "norm.weight";
    }

    public String out() {
      return prefix + "out_proj";
    }
  }
}
