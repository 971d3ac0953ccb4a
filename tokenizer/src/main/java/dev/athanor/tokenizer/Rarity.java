package dev.athanor.tokenizer;

/// How often the tokens that merges made come in the texts that they were learned from. A model learns little about a token that it
/// seldom sees: Land and Bartolo, "Fishing for Magikarp", https://arxiv.org/abs/2405.05417
///
/// @param tokens that merges made; single bytes and special tokens are none
/// @param rare those that come less than [#OFTEN] times
/// @param fifthPercentile occurrences that all but the rarest twentieth reach
/// @param median occurrences of the token in the middle
public record Rarity(int tokens, int rare, long fifthPercentile, long median) {
  public static final int OFTEN = 100;

  /// NaN where there are no tokens.
  public double rareShare() {
    return tokens == 0 ? Double.NaN : (double) rare / tokens;
  }
}
