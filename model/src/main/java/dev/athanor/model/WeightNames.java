package dev.athanor.model;

import java.util.ArrayList;
import java.util.List;

/// What the published checkpoints of decoder families (Llama, Qwen2, Qwen3) call each weight; the names of what is looked up beside the embedding are ours.
/// Training and serving read this one list.
public final class WeightNames {
  private static final String NGRAM_TABLES = "model.embed_ngrams.";

  private WeightNames() {}

  public static String embedding() {
    return "model.embed_tokens.weight";
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
    return "model.ngram_proj.weight";
  }

  /// From the followers' embeddings, side by side, to the hidden size.
  public static String inductionProjection() {
    return "model.induction_proj.weight";
  }

  /// Whether it is a matrix that joins what was looked up to the embedding.
  public static boolean isProjection(String name) {
    return name.equals(ngramProjection()) || name.equals(inductionProjection());
  }

  public static String finalNorm() {
    return "model.norm.weight";
  }

  /// Absent where the head is tied to the embedding.
  public static String head() {
    return "lm_head.weight";
  }

  /// @param index from 0
  public static Block block(int index) {
    return new Block("model.layers." + index + ".");
  }

  /// The weights of one block.
  public record Block(String prefix) {
    /// The norm before the mixer.
    public String inputNorm() {
      return prefix + "input_layernorm.weight";
    }

    public String q() {
      return prefix + "self_attn.q_proj.weight";
    }

    public String k() {
      return prefix + "self_attn.k_proj.weight";
    }

    public String v() {
      return prefix + "self_attn.v_proj.weight";
    }

    public String o() {
      return prefix + "self_attn.o_proj.weight";
    }

    public String qBias() {
      return prefix + "self_attn.q_proj.bias";
    }

    public String kBias() {
      return prefix + "self_attn.k_proj.bias";
    }

    public String vBias() {
      return prefix + "self_attn.v_proj.bias";
    }

    public String qNorm() {
      return prefix + "self_attn.q_norm.weight";
    }

    public String kNorm() {
      return prefix + "self_attn.k_norm.weight";
    }

    /// The norm before the feed-forward part.
    public String postNorm() {
      return prefix + "post_attention_layernorm.weight";
    }

    public String gate() {
      return prefix + "mlp.gate_proj.weight";
    }

    public String up() {
      return prefix + "mlp.up_proj.weight";
    }

    public String down() {
      return prefix + "mlp.down_proj.weight";
    }
  }

  /// Every weight of a model, in the order of computation.
  public static List<WeightSpec> weights(ModelSpec spec) {
    List<WeightSpec> weights = new ArrayList<>();
    long hidden = spec.hiddenSize();
    weights.add(new WeightSpec(embedding(), spec.vocabSize(), hidden));
    spec.ngrams()
        .ifPresent(
            ngrams -> {
              ngrams.orders().forEach(n -> weights.add(new WeightSpec(ngramTable(n), ngrams.rows(), ngrams.dim())));
              weights.add(new WeightSpec(ngramProjection(), hidden, ngrams.width()));
            });
    spec.induction()
        .ifPresent(i -> weights.add(new WeightSpec(inductionProjection(), hidden, i.orders().size() * hidden)));
    for (int layer = 0; layer < spec.numLayers(); layer++) {
      Block block = block(layer);
      weights.add(new WeightSpec(block.inputNorm(), hidden));
      switch (spec.mixer()) {
        case ModelSpec.Mixer.Attention attention -> addAttention(weights, block, attention, hidden);
      }
      weights.add(new WeightSpec(block.postNorm(), hidden));
      switch (spec.feedForward()) {
        case ModelSpec.FeedForward.SwiGlu swiGlu -> {
          weights.add(new WeightSpec(block.gate(), swiGlu.intermediateSize(), hidden));
          weights.add(new WeightSpec(block.up(), swiGlu.intermediateSize(), hidden));
          weights.add(new WeightSpec(block.down(), hidden, swiGlu.intermediateSize()));
        }
      }
    }
    weights.add(new WeightSpec(finalNorm(), hidden));
    if (!spec.tiedHead()) {
      weights.add(new WeightSpec(head(), spec.vocabSize(), hidden));
    }
    return List.copyOf(weights);
  }

  private static void addAttention(
      List<WeightSpec> weights, Block block, ModelSpec.Mixer.Attention attention, long hidden) {
    long headDim = attention.headDim();
    long queries = attention.numHeads() * headDim;
    long keys = attention.numKvHeads() * headDim;
    weights.add(new WeightSpec(block.q(), queries, hidden));
    weights.add(new WeightSpec(block.k(), keys, hidden));
    weights.add(new WeightSpec(block.v(), keys, hidden));
    if (attention.qkvBias()) {
      weights.add(new WeightSpec(block.qBias(), queries));
      weights.add(new WeightSpec(block.kBias(), keys));
      weights.add(new WeightSpec(block.vBias(), keys));
    }
    if (attention.qkNorm()) {
      weights.add(new WeightSpec(block.qNorm(), headDim));
      weights.add(new WeightSpec(block.kNorm(), headDim));
    }
    weights.add(new WeightSpec(block.o(), hidden, queries));
  }
}
