package dev.athanor.model.families;

import dev.athanor.model.DType;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// XLM-RoBERTa: RoBERTa's architecture and names of weights over a vocabulary of a hundred languages. Conneau et al.,
/// https://arxiv.org/abs/1911.02116
public record XlmRoberta() implements Family {
  private static final Roberta SAME = new Roberta();

  @Override
  public String modelType() {
    return "xlm-roberta";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return Encoders.architecture((EncoderSpec) spec, "XLMRoberta");
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return SAME.holds(spec);
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    return Roberta.spec(json, "XLMRoberta");
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    return Roberta.config(this, spec, special, dtype);
  }

  @Override
  public List<PublishedWeight> layout(ModelSpec spec) {
    return SAME.layout(spec);
  }

  @Override
  public String currentName(String stored, ModelSpec spec) {
    return SAME.currentName(stored, spec);
  }

  @Override
  public boolean isSpare(String name, ModelSpec spec) {
    return SAME.isSpare(name, spec);
  }
}
