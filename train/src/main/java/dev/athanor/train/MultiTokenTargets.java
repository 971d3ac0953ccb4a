package dev.athanor.train;

import dev.athanor.nn.ImageTextBatch;
import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.nn.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What further heads predict: not the next token but the one after it, and so on. Gloeckle et al.,
/// https://arxiv.org/abs/2404.19737
///
/// @param byDistance the targets of the next token, of the one after it, …; each as long as the batch has tokens, and
///     [LabelledBatch#IGNORED] where that lies beyond the sequence or is not learned
public record MultiTokenTargets(List<long[]> byDistance) {
  public MultiTokenTargets {
    byDistance = List.copyOf(byDistance);
  }

  /// @param distance how many tokens ahead the furthest are; 1 gives the batch's own targets alone
  public static MultiTokenTargets of(LabelledBatch batch, int distance) {
    if (distance < 1) {
      throw new IllegalArgumentException("targets lie at least one token ahead, not " + distance);
    }
    int[] lengths =
        switch (batch.batch()) {
          case TokenBatch sequences -> sequences.lengths();
          case SeqToSeqBatch pairs -> pairs.target().lengths();
          case ImageTextBatch both -> both.text().lengths();
        };
    List<long[]> byDistance = new ArrayList<>(List.of(batch.targets()));
    for (int further = 1; further < distance; further++) {
      byDistance.add(further(batch.targets(), lengths, further));
    }
    return new MultiTokenTargets(byDistance);
  }

  private static long[] further(long[] targets, int[] lengths, int by) {
    long[] further = new long[targets.length];
    Arrays.fill(further, LabelledBatch.IGNORED);
    int at = 0;
    for (int length : lengths) {
      if (length > by) {
        System.arraycopy(targets, at + by, further, at, length - by);
      }
      at += length;
    }
    return further;
  }

  /// Targets so many tokens ahead; 1 is the next token.
  public long[] ahead(int distance) {
    return byDistance.get(distance - 1);
  }
}
