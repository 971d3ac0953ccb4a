package dev.athanor.model.families;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What can be said of a new model in the same words for every family that knows of it. The family's [Form] says which key of
/// `config.json` it becomes.
public enum Setting {
  VOCAB_SIZE("vocab-size", Kind.COUNT, "tokens of the vocabulary"),
  HIDDEN_SIZE("hidden-size", Kind.COUNT, "the size of the vector that stands for a token between blocks"),
  LAYERS("layers", Kind.COUNT, "blocks; of an encoder-decoder, on each side"),
  DECODER_LAYERS("decoder-layers", Kind.COUNT, "blocks of the decoder, where they are other than the encoder's"),
  HEADS("heads", Kind.COUNT, "query heads"),
  KV_HEADS("kv-heads", Kind.COUNT, "key and value heads that the query heads share"),
  HEAD_DIM("head-dim", Kind.COUNT, "the size of a head"),
  INTERMEDIATE_SIZE("intermediate-size", Kind.COUNT, "the width of the feed-forward part"),
  CONTEXT("context", Kind.COUNT, "the longest sequence in tokens"),
  ROPE_THETA("rope-theta", Kind.NUMBER, "the base of the rotation"),
  WINDOW("window", Kind.WHOLE, "a position sees itself and so many less one before it; 0 for all"),
  FULL_LAYERS("full-layers", Kind.WHOLE, "the first blocks, which see everything despite the window"),
  NORM_EPS("norm-eps", Kind.NUMBER, "what is added to a variance before its root"),
  ACTIVATION("activation", Kind.TEXT, "silu, gelu, gelu_new, quick_gelu or relu"),
  GATED("gated", Kind.FLAG, "the feed-forward part is gated, as T5 1.1's"),
  ATTENTION_BIAS("attention-bias", Kind.FLAG, "the attention's projections have biases"),
  QK_NORM("qk-norm", Kind.FLAG, "queries and keys are normalised head by head"),
  TIED("tied", Kind.FLAG, "the head is the token embedding"),
  QUERY_SCALAR("query-scalar", Kind.NUMBER, "scores are divided by its root"),
  SCORE_CAP("score-cap", Kind.NUMBER, "attention scores are softly capped there"),
  LOGIT_CAP("logit-cap", Kind.NUMBER, "logits are softly capped there"),
  EXPERTS("experts", Kind.COUNT, "experts to choose among in a block"),
  EXPERTS_PER_TOKEN("experts-per-token", Kind.COUNT, "those that a token goes to"),
  EXPERT_SIZE("expert-size", Kind.COUNT, "the width of an expert"),
  SHARED_EXPERTS("shared-experts", Kind.COUNT, "the width of the experts that every token goes to"),
  EXPERTS_EVERY("experts-every", Kind.COUNT, "blocks from one with experts to the next"),
  STATE_SPACE("state-space", Kind.TEXT, "mamba or mamba2"),
  STATE_SIZE("state-size", Kind.COUNT, "states of a channel"),
  EXPAND("expand", Kind.COUNT, "channels of a state space, as a multiple of the hidden size"),
  CONV_KERNEL("conv-kernel", Kind.COUNT, "positions that a state space's convolution sees"),
  DT_RANK("dt-rank", Kind.COUNT, "the bottleneck of Mamba's time steps"),
  GROUPS("groups", Kind.COUNT, "groups of heads that share B and C (Mamba-2)"),
  STATE_HEAD_DIM("state-head-dim", Kind.COUNT, "channels of a head of a state space (Mamba-2)"),
  CHUNK("chunk", Kind.COUNT, "positions that Mamba-2 multiplies out together"),
  ATTENTION_EVERY("attention-every", Kind.WHOLE, "blocks from one that attends to the next, state spaces between; 0 for none"),
  TOKEN_TYPES("token-types", Kind.COUNT, "token types, such as first and second sentence"),
  TOP("top", Kind.TEXT, "masked-lm, classifier, pooled or hidden"),
  LABELS("labels", Kind.COUNT, "labels of a classifier"),
  BUCKETS("buckets", Kind.COUNT, "buckets of the relative bias"),
  MAX_DISTANCE("max-distance", Kind.COUNT, "the distance from which on all share the last bucket"),
  IMAGE_SIZE("image-size", Kind.COUNT, "width and height of an image in pixels"),
  PATCH_SIZE("patch-size", Kind.COUNT, "width and height of a patch"),
  VISION_HIDDEN_SIZE("vision-hidden-size", Kind.COUNT, "the tower's hidden size"),
  VISION_LAYERS("vision-layers", Kind.COUNT, "the tower's blocks"),
  VISION_HEADS("vision-heads", Kind.COUNT, "the tower's heads"),
  VISION_INTERMEDIATE_SIZE("vision-intermediate-size", Kind.COUNT, "the width of the tower's feed-forward part"),
  FEATURE_LAYER("feature-layer", Kind.WHOLE, "the tower's hidden states that are projected, from the last: −1, −2, …"),
  IMAGE_TOKEN("image-token", Kind.WHOLE, "the token that stands where an image's patches go");

  /// What values it has.
  public enum Kind {
    /// A whole number, at least 1.
    COUNT,
    WHOLE,
    /// Above 0.
    NUMBER,
    FLAG,
    TEXT
  }

  private final String label;
  private final Kind kind;
  private final String description;

  Setting(String label, Kind kind, String description) {
    this.label = label;
    this.kind = kind;
    this.description = description;
  }

  String label() {
    return label;
  }

  /// `--hidden-size`
  public String option() {
    return "--" + label;
  }

  public Kind kind() {
    return kind;
  }

  public String description() {
    return description;
  }

  /// What is wrong with a value, if anything.
  Optional<String> problem(JsonNode value) {
    boolean fits =
        switch (kind) {
          case COUNT -> value.isIntegralNumber() && value.asLong() >= 1;
          case WHOLE -> value.isIntegralNumber();
          case NUMBER -> value.isNumber() && value.asDouble() > 0;
          case FLAG -> value.isBoolean();
          case TEXT -> value.isString();
        };
    String wanted =
        switch (kind) {
          case COUNT -> "at least 1";
          case WHOLE -> "a whole number";
          case NUMBER -> "above 0";
          case FLAG -> "true or false";
          case TEXT -> "a name";
        };
    return fits ? Optional.empty() : Optional.of(option() + " must be " + wanted + ", not " + value);
  }

  /// The families whose models it can be said of.
  public List<Family> families() {
    return Families.ALL.stream().filter(family -> Form.of(family).knows(this)).toList();
  }
}
