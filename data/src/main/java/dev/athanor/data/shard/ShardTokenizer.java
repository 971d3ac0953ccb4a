package dev.athanor.data.shard;

import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;

/// Whose ids the shards hold: they mean nothing to another tokenizer.
///
/// @param name for people
/// @param fingerprint SHA-256 of what `tokenizer.json` holds, keys sorted
public record ShardTokenizer(String name, String fingerprint, int vocabSize, int endOfText) {
  public static ShardTokenizer of(String name, Tokenizer tokenizer) {
    return new ShardTokenizer(
        name, Sha256.of(Json.canonical(Tokenizers.json(tokenizer))), tokenizer.vocabSize(), tokenizer.endOfText());
  }

  /// Whether ids of the one are ids of the other, whatever the two are called.
  public boolean sameIds(ShardTokenizer other) {
    return fingerprint.equals(other.fingerprint) && vocabSize == other.vocabSize && endOfText == other.endOfText;
  }

  /// "qwen2 (151665 tokens, fingerprint 0123456789ab)".
  String tell() {
    return "%s (%d tokens, fingerprint %s)".formatted(name, vocabSize, fingerprint.substring(0, Math.min(12, fingerprint.length())));
  }
}
