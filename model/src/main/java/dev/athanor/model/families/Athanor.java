package dev.athanor.model.families;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Our own: any decoder that no published family has, such as one with look-ups beside its token embedding, with shared experts,
/// or with both attention and state spaces. The file holds the spec itself, under `spec`; weights have our names.
public record Athanor() implements Family {
  private static final String SPEC = "spec";

  @Override
  public String modelType() {
    return "athanor";
  }

  @Override
  public String architecture(ModelSpec spec) {
    return "AthanorForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return spec instanceof DecoderSpec;
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    if (!json.path(SPEC).isObject()) {
      throw new UserException("'" + SPEC + "' is missing: it says what this decoder is");
    }
    try {
      return Json.MAPPER.treeToValue(json.path(SPEC), DecoderSpec.class);
    } catch (JacksonException e) {
      throw new UserException("'" + SPEC + "': " + e.getOriginalMessage(), e);
    }
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    DecoderSpec decoder = (DecoderSpec) spec;
    ObjectNode config = Decoders.start(this, spec, decoder.vocabSize(), dtype, special);
    config.set(SPEC, Json.MAPPER.valueToTree(decoder));
    return config;
  }
}
