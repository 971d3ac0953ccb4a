package dev.athanor.train.objective;

import dev.athanor.data.Rows;
import dev.athanor.nn.TokenBatch;
import dev.athanor.train.BatchSource;
import dev.athanor.train.LabelledBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Causal language modelling on packed rows: predict every next token from those before it in the same document.
///
/// The end-of-text token opens the document that follows it: it is the last thing that a document predicts and the first that
/// the next one sees, so that a document's first token is learned too, and from what evaluation gives as its context. A row's padding
/// is left out of the batch.
public final class CausalLm implements BatchSource {
  private final Rows rows;
  private final int rowsPerBatch;
  private final int endOfText;

  public CausalLm(Rows rows, int rowsPerBatch, int endOfText) {
    this.rows = rows;
    this.rowsPerBatch = rowsPerBatch;
    this.endOfText = endOfText;
  }

  @Override
  public LabelledBatch microBatch(long index) {
    int length = rows.length();
    long[] ids = new long[rowsPerBatch * length];
    long[] targets = new long[ids.length];
    List<Integer> lengths = new ArrayList<>();
    int[] tokens = new int[length + 1];
    int[] segments = new int[length];
    int at = 0;
    for (int r = 0; r < rowsPerBatch; r++) {
      rows.row(index * rowsPerBatch + r, tokens, segments);
      int used = Rows.used(segments);
      int begin = 0;
      for (int i = 0; i < used; i++) {
        ids[at + i] = tokens[i];
        targets[at + i] = tokens[i + 1];
        if (i > begin && tokens[i] == endOfText) {
          lengths.add(i - begin);
          begin = i;
        }
      }
      lengths.add(used - begin);
      at += used;
    }
    return new LabelledBatch(
        new TokenBatch(Arrays.copyOf(ids, at), lengths.stream().mapToInt(Integer::intValue).toArray()), Arrays.copyOf(targets, at));
  }
}
