package dev.athanor.data.shard;

import dev.athanor.base.recipe.Default;

/// What a data recipe's `tokens` says: how its documents become rows for training.
///
/// @param tokenizer its folder, a `tokenizer.json` or a `tokenizer.model`
/// @param shardTokens a file ends with the document that reaches so many
/// @param packing how documents are laid into rows
/// @param contextLength tokens of a row
public record TokensRecipe(
    String tokenizer,
    @Default("100M") long shardTokens,
    @Default("best-fit") Packing packing,
    @Default("2048") int contextLength) {
  public TokensRecipe {
    if (tokenizer.isBlank()) {
      throw new IllegalArgumentException("tokenizer must name a folder or a file");
    }
    if (shardTokens < 1000) {
      throw new IllegalArgumentException("shard_tokens must be at least 1000, not " + shardTokens);
    }
    if (contextLength < 16 || contextLength > 1 << 24) {
      throw new IllegalArgumentException("context_length must be between 16 and 16777216, not " + contextLength);
    }
  }
}
