package dev.athanor.inference;

/// Some tokens of a sequence for one forward pass: they follow what its cache holds.
///
/// @param ids ids[from … to − 1] are fed
/// @param wanted after how many of the last tokens logits are wanted: 0 ≤ wanted ≤ to − from
public record Slice(KvCache cache, int[] ids, int from, int to, int wanted) {
  public Slice {
    if (from < 0 || from >= to || to > ids.length) {
      throw new IllegalArgumentException("no tokens in [" + from + ", " + to + ") of " + ids.length);
    }
    if (wanted < 0 || wanted > to - from) {
      throw new IllegalArgumentException("logits wanted after " + wanted + " of " + (to - from) + " tokens");
    }
  }

  int length() {
    return to - from;
  }
}
