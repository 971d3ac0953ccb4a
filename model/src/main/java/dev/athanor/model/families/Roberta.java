package dev.athanor.model.families;

import dev.athanor.model.DType;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// RoBERTa: a BERT whose positions begin at row 2, under heads of its own. Liu et al., https://arxiv.org/abs/1907.11692
public record Roberta() implements Family {
  private static final String PREFIX = "roberta.";
  /// The padding's id, which has a row of its own, is 1.
  private static final int OFFSET = 2;

  @Override
  public String modelType() {
    return "roberta";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return Encoders.architecture((EncoderSpec) spec, "Roberta");
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof EncoderSpec encoder && Encoders.holds(encoder, OFFSET);
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    return spec(json, "Roberta");
  }

  static ModelSpec spec(JsonNode json, String prefix) {
    Config config = new Config(json);
    return Encoders.spec(config, config.integer("pad_token_id", 1) + 1, prefix);
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    return config(this, spec, special, dtype);
  }

  static ObjectNode config(Family family, ModelSpec spec, SpecialTokens special, DType dtype) {
    ObjectNode config = Encoders.write(family, (EncoderSpec) spec, OFFSET, special, dtype);
    config.put("pad_token_id", OFFSET - 1);
    return config;
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    boolean classifies = spec instanceof EncoderSpec encoder && encoder.top() instanceof Top.Classifier;
    Layout names = Encoders.names(PREFIX);
    if (classifies) {
      names.rename("classifier.", "classifier.out_proj.");
    }
    return names
        .rename("pooler.", classifies ? "classifier.dense." : PREFIX + "pooler.dense.")
        .rename("lm_head.transform.", "lm_head.dense.")
        .rename("lm_head.norm.", "lm_head.layer_norm.")
        .of(spec);
  }

  @Override
  public String currentName(String stored, ModelSpec spec) {
    return Encoders.currentName(stored, PREFIX);
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return name.endsWith("embeddings.position_ids")
        || name.startsWith("lm_head.decoder.")
        || (!(spec instanceof EncoderSpec e && e.top() instanceof Top.Pooled) && name.startsWith(PREFIX + "pooler."))
        || (!(spec instanceof EncoderSpec m && m.top() instanceof Top.MaskedLm) && name.startsWith("lm_head."));
  }
}
