package dev.athanor.inference;

/// A [BlockRange] of a decoder on a backend: the first of a chain begins with the embedding, the last ends with the head. Used by one
/// thread at a time.
public interface Blocks extends AutoCloseable {
  BlockRange range();

  /// Of these blocks.
  KvStore kv();

  /// Where these are not the last: hidden states after them, a row of hiddenSize numbers a token. Keys, values and states are written
  /// beside what counts.
  ///
  /// @param hidden rows of the blocks before; empty where these are the first
  float[] run(Batch batch, float[] hidden);

  /// Where these are the last: the wanted logits.
  Logits finish(Batch batch, float[] hidden);

  @Override
  void close();
}
