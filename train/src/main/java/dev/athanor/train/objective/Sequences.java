package dev.athanor.train.objective;

import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.nn.TokenBatch;
import dev.athanor.train.LabelledBatch;
import java.util.List;

/// Sequences of token ids, laid one after the other as a batch.
final class Sequences {
  private Sequences() {}

  static LabelledBatch labelled(List<int[]> sequences, List<int[]> targets) {
    return new LabelledBatch(batch(sequences), flat(targets));
  }

  /// Pairs whose targets are predicted one token after the other: the decoder reads each of them one place late, after `start`.
  static LabelledBatch pairs(List<int[]> sources, List<int[]> targets, int start) {
    List<int[]> read = targets.stream().map(target -> late(target, start)).toList();
    return new LabelledBatch(new SeqToSeqBatch(batch(sources), batch(read)), flat(targets));
  }

  private static int[] late(int[] target, int start) {
    int[] late = new int[target.length];
    late[0] = start;
    System.arraycopy(target, 0, late, 1, target.length - 1);
    return late;
  }

  private static TokenBatch batch(List<int[]> sequences) {
    return new TokenBatch(flat(sequences), sequences.stream().mapToInt(sequence -> sequence.length).toArray());
  }

  private static long[] flat(List<int[]> sequences) {
    long[] flat = new long[sequences.stream().mapToInt(sequence -> sequence.length).sum()];
    int at = 0;
    for (int[] sequence : sequences) {
      for (int id : sequence) {
        flat[at++] = id;
      }
    }
    return flat;
  }
}
