package dev.athanor.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Ids that a published configuration names.
///
/// @param bos begins a document; many models have none
/// @param eos each of them ends a generation
public record SpecialTokens(OptionalInt bos, List<Integer> eos) {
  public static final SpecialTokens NONE = new SpecialTokens(OptionalInt.empty(), List.of());

  public SpecialTokens {
    eos = List.copyOf(eos);
  }

  /// What `bos_token_id` and `eos_token_id` of a published configuration say.
  public static SpecialTokens of(JsonNode config) {
    JsonNode eos = config.path("eos_token_id");
    List<Integer> ids = new ArrayList<>();
    if (eos.isIntegralNumber()) {
      ids.add(eos.asInt());
    }
    for (JsonNode id : eos) {
      ids.add(id.asInt());
    }
    return new SpecialTokens(config.path("bos_token_id").asIntOpt(), ids);
  }

  public static SpecialTokens endingWith(int... eos) {
    return new SpecialTokens(OptionalInt.empty(), Arrays.stream(eos).boxed().toList());
  }
}
