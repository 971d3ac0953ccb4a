package dev.athanor.model.families;

import dev.athanor.base.UserException;
import dev.athanor.model.DType;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.SpecialTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Our own: a Qwen3 decoder with look-ups beside its token embedding, which no published family has. The further keys are
/// `ngram_orders`, `ngram_rows` and `ngram_dim` for [NgramEmbedding], and `induction_orders` for [InductionEmbedding]; those of what
/// a model does not have are left out.
public record Athanor() implements Family {
  private static final String NGRAM_ORDERS = "ngram_orders";
  private static final String INDUCTION_ORDERS = "induction_orders";

  @Override
  public String modelType() {
    return "athanor";
  }

  @Override
  public String architecture() {
    return "AthanorForCausalLM";
  }

  @Override
  public boolean holds(ModelSpec spec) {
    return !spec.embedsTokensOnly() && spec.attention().qkNorm() && !spec.attention().qkvBias();
  }

  @Override
  public ModelSpec spec(JsonNode json) {
    DecoderConfig config = new DecoderConfig(json);
    ModelSpec decoder = config.spec(config.integer("head_dim", config.dividedHeadDim()), 32768, true, false);
    try {
      return decoder.with(
          json.has(NGRAM_ORDERS)
              ? Optional.of(
                  new NgramEmbedding(
                      orders(json, NGRAM_ORDERS), config.required("ngram_rows"), config.required("ngram_dim")))
              : Optional.empty(),
          json.has(INDUCTION_ORDERS)
              ? Optional.of(new InductionEmbedding(orders(json, INDUCTION_ORDERS)))
              : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage() == null ? "impossible configuration" : e.getMessage(), e);
    }
  }

  private static List<Integer> orders(JsonNode json, String key) {
    List<Integer> orders = new ArrayList<>();
    for (JsonNode order : json.path(key)) {
      if (!order.isIntegralNumber() || !order.canConvertToInt()) {
        throw new UserException("'" + key + "' must be a list of whole numbers, not " + json.path(key));
      }
      orders.add(order.asInt());
    }
    return orders;
  }

  @Override
  public ObjectNode config(ModelSpec spec, SpecialTokens special, DType dtype) {
    ObjectNode config = DecoderConfig.write(this, spec, special, dtype);
    spec.ngrams()
        .ifPresent(
            ngrams -> {
              put(config, NGRAM_ORDERS, ngrams.orders());
              config.put("ngram_rows", ngrams.rows());
              config.put("ngram_dim", ngrams.dim());
            });
    spec.induction().ifPresent(induction -> put(config, INDUCTION_ORDERS, induction.orders()));
    return config;
  }

  private static void put(ObjectNode config, String key, List<Integer> orders) {
    ArrayNode array = config.putArray(key);
    orders.forEach(array::add);
  }
}
