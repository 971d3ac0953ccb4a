package dev.athanor.model;

/// A learned number per head and distance, added to attention's scores: small distances exactly, larger ones in logarithmic
/// buckets. Raffel et al., https://arxiv.org/abs/1910.10683
///
/// @param buckets in all; bidirectional attention uses half of them for each direction
/// @param maxDistance beyond it all share the last bucket
public record RelativeBias(int buckets, int maxDistance) {
  public RelativeBias {
    Facts.require(buckets >= 4 && buckets % 2 == 0, "relative bias needs an even number of buckets, at least 4");
    Facts.require(maxDistance > buckets / 2, "relative bias needs a distance beyond its exact buckets");
  }

  /// The bucket of a key at `distance = key − query`.
  public int bucket(int distance, boolean bidirectional) {
    int share = bidirectional ? buckets / 2 : buckets;
    int first = bidirectional && distance > 0 ? share : 0;
    int behind = bidirectional ? Math.abs(distance) : Math.max(0, -distance);
    int exact = share / 2;
    if (behind < exact) {
      return first + behind;
    }
    // In f32, as the published implementation rounds.
    float ratio = (float) Math.log((float) behind / exact) / (float) Math.log((double) maxDistance / exact);
    return first + Math.min(share - 1, exact + (int) (ratio * (share - exact)));
  }
}
