package dev.athanor.model;

import java.util.List;
import java.util.OptionalInt;

/// Ids that a published configuration names.
///
/// @param bos begins a document; many models have none
/// @param eos each of them ends a generation
public record SpecialTokens(OptionalInt bos, List<Integer> eos) {
  public static final SpecialTokens NONE = new SpecialTokens(OptionalInt.empty(), List.of());

  public SpecialTokens {
    eos = List.copyOf(eos);
  }

  public static SpecialTokens endingWith(int... eos) {
    return new SpecialTokens(OptionalInt.empty(), java.util.Arrays.stream(eos).boxed().toList());
  }
}
