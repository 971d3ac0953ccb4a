package dev.athanor.inference;

/// Some tokens of a sequence for one forward pass: they follow what its cache holds.
///
/// @param ids ids[from … to − 1] are fed
/// @param wanted after how many of the last tokens logits are wanted: 0 ≤ wanted ≤ to − from
/// @param provisional the cache does not advance: the caller says with [KvCache#advance] how many of the tokens stand. Not for
///     models with blocks that recur.
public record Slice(KvCache cache, int[] ids, int from, int to, int wanted, boolean provisional) {
  public Slice {
    if (from < 0 || from >= to || to > ids.length) {
      throw new IllegalArgumentException("no tokens in [" + from + ", " + to + ") of " + ids.length);
    }
    if (wanted < 0 || wanted > to - from) {
      throw new IllegalArgumentException("logits wanted after " + wanted + " of " + (to - from) + " tokens");
    }
  }

  /// Tokens that stand.
  public Slice(KvCache cache, int[] ids, int from, int to, int wanted) {
    this(cache, ids, from, to, wanted, false);
  }

  int length() {
    return to - from;
  }
}
