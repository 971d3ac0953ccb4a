package dev.athanor.train.objective;

import dev.athanor.nn.ImageTextBatch;
import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.nn.TokenBatch;
import dev.athanor.train.BatchSource;
import dev.athanor.train.LabelledBatch;
import java.util.Arrays;

/// Prefix language modelling: the tokens of a sequence's prefix see one another, and only what follows is predicted. Raffel et
/// al., https://arxiv.org/abs/1910.10683, section 3.2.1
///
/// A prefix has from one token to all of the inputs, each number equally likely: what its last token predicts is learned, so that
/// every sequence teaches something, and what the others would predict is in plain sight.
public final class PrefixLm implements BatchSource {
  private final BatchSource causal;
  private final long seed;

  /// @param causal sequences that predict their next tokens
  public PrefixLm(BatchSource causal, long seed) {
    this.causal = causal;
    this.seed = seed;
  }

  @Override
  public LabelledBatch microBatch(long index) {
    LabelledBatch batch = causal.microBatch(index);
    return switch (batch.batch()) {
      case TokenBatch sequences -> withPrefixes(sequences, batch.targets().clone(), Chance.of(seed, index));
      case SeqToSeqBatch _, ImageTextBatch _ -> throw new IllegalArgumentException("a prefix is for sequences of tokens alone");
    };
  }

  private static LabelledBatch withPrefixes(TokenBatch sequences, long[] targets, Chance chance) {
    int[] lengths = sequences.lengths();
    int[] prefixes = new int[lengths.length];
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      prefixes[i] = 1 + chance.below(lengths[i]);
      Arrays.fill(targets, at, at + prefixes[i] - 1, LabelledBatch.IGNORED);
      at += lengths[i];
    }
    return new LabelledBatch(new TokenBatch(sequences.ids(), lengths, prefixes), targets);
  }
}
