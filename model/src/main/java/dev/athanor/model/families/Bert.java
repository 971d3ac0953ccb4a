package dev.athanor.model.families;

import dev.athanor.model.DType;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// BERT, to be pre-trained, to classify texts or their tokens, or to embed. Devlin et al., https://arxiv.org/abs/1810.04805
public record Bert() implements Family {
  private static final String PREFIX = "bert.";

  @Override
  public String modelType() {
    return "bert";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return Encoders.architecture((EncoderSpec) spec, "Bert");
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof EncoderSpec encoder && Encoders.holds(encoder, 0);
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    return Encoders.spec(new Config(json), 0, "Bert");
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    return Encoders.write(this, (EncoderSpec) spec, 0, special, dtype);
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    return Encoders.names(PREFIX)
        .rename("pooler.", PREFIX + "pooler.dense.")
        .rename("lm_head.transform.", "cls.predictions.transform.dense.")
        .rename("lm_head.norm.", "cls.predictions.transform.LayerNorm.")
        .rename("lm_head.bias", "cls.predictions.bias")
        .of(spec);
  }

  @Override
  public String currentName(String stored, ModelSpec spec) {
    return Encoders.currentName(stored, PREFIX);
  }

  /// Pre-training checkpoints hold a head for the next sentence, and its pooler, beside that for masked tokens.
  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return name.endsWith("embeddings.position_ids")
        || name.startsWith("cls.predictions.decoder.")
        || name.startsWith("cls.seq_relationship.")
        || (!pools(spec) && name.startsWith(PREFIX + "pooler."))
        || (!classifies(spec) && name.startsWith("classifier."))
        || (!(spec instanceof EncoderSpec e && e.top() instanceof Top.MaskedLm) && name.startsWith("cls."));
  }

  static boolean pools(ModelSpec spec) {
    return spec instanceof EncoderSpec encoder
        && switch (encoder.top()) {
          case Top.Pooled _, Top.Classifier _ -> true;
          case Top.Hidden _, Top.MaskedLm _, Top.TokenClassifier _ -> false;
        };
  }

  private static boolean classifies(ModelSpec spec) {
    return spec instanceof EncoderSpec encoder
        && switch (encoder.top()) {
          case Top.Classifier _, Top.TokenClassifier _ -> true;
          case Top.Hidden _, Top.Pooled _, Top.MaskedLm _ -> false;
        };
  }
}
