package dev.athanor.train.objective;

import dev.athanor.base.UserException;
import dev.athanor.train.BatchSource;
import dev.athanor.train.LabelledBatch;
import java.util.ArrayList;
import java.util.List;

/// T5's pre-training: spans are taken out of a text, each leaves a sentinel behind, and the model writes the sentinels with what
/// they stand for. Raffel et al., https://arxiv.org/abs/1910.10683
///
/// | | |
/// |---|---|
/// | text | `Thank you for inviting me to your party last week` |
/// | source | `Thank you <0> me to your party <1> .` |
/// | target | `<0> for inviting <1> last week .` |
///
/// where `.` is the end. Each stretch of a document is a text of its own.
public final class SpanCorruption implements BatchSource {
  private final Pieces pieces;
  private final SpanNoise noise;
  private final Sentinels sentinels;
  private final int start;
  private final int end;
  private final long seed;

  /// @param pieces of rows no longer than `noise.rowLength(context)`
  /// @param start what the decoder reads first; T5's padding token
  /// @param end the last token of every source and target
  /// @throws UserException where a row may have more spans than there are sentinels
  public SpanCorruption(Pieces pieces, SpanNoise noise, Sentinels sentinels, int start, int end, long seed) {
    this.pieces = pieces;
    this.noise = noise;
    this.sentinels = sentinels;
    this.start = start;
    this.end = end;
    this.seed = seed;
    requireSentinels();
  }

  private void requireSentinels() {
    int needed = noise.counts(pieces.rows().length()).spans();
    if (needed <= sentinels.count()) {
      return;
    }
    int fitting = pieces.rows().length();
    while (noise.counts(fitting).spans() > sentinels.count()) {
      fitting--;
    }
    SpanNoise.Counts most = noise.counts(fitting);
    throw new UserException(
        "rows of " + pieces.rows().length() + " tokens lose " + needed + " spans, but there are only " + sentinels.count()
            + " sentinels; with these, rows of " + fitting + " tokens would do (a context_length of "
            + Math.max(most.source(), most.target()) + "); or a tokenizer with " + needed + " sentinels");
  }

  @Override
  public LabelledBatch microBatch(long index) {
    List<int[]> sources = new ArrayList<>();
    List<int[]> targets = new ArrayList<>();
    for (int r = 0; r < pieces.rowsPerBatch(); r++) {
      long row = pieces.firstRow(index) + r;
      Chance chance = Chance.of(seed, row);
      for (int[] text : pieces.of(row)) {
        boolean[] mask = noise.mask(text.length, chance);
        SpanNoise.Counts counts = noise.counts(text.length);
        sources.add(kept(text, mask, counts));
        targets.add(taken(text, mask, counts));
      }
    }
    return Sequences.pairs(sources, targets, start);
  }

  private int[] kept(int[] text, boolean[] mask, SpanNoise.Counts counts) {
    int[] source = new int[counts.source()];
    int at = 0;
    int span = 0;
    for (int i = 0; i < text.length; i++) {
      if (!mask[i]) {
        source[at++] = text[i];
      } else if (beginsSpan(mask, i)) {
        source[at++] = sentinels.ids()[span++];
      }
    }
    source[at] = end;
    return source;
  }

  private int[] taken(int[] text, boolean[] mask, SpanNoise.Counts counts) {
    int[] target = new int[counts.target()];
    int at = 0;
    int span = 0;
    for (int i = 0; i < text.length; i++) {
      if (mask[i]) {
        if (beginsSpan(mask, i)) {
          target[at++] = sentinels.ids()[span++];
        }
        target[at++] = text[i];
      }
    }
    target[at] = end;
    return target;
  }

  private static boolean beginsSpan(boolean[] mask, int i) {
    return i == 0 || !mask[i - 1];
  }
}
