package dev.athanor.data;

import dev.athanor.base.UserException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// The order of the training data: an endless stream of tokens, cut into rows.
///
/// Each epoch is all documents, end to end, in an order shuffled by (seed, epoch); epochs follow one another without a gap. Row
/// i is the tokens from i·length to i·length + length, both included: `length` inputs and, one further, their targets. So a row
/// is a pure function of (seed, i): a resumed run, or one on more ranks, sees the same data. Thread-safe.
public final class PackedBatches implements Rows {
  private final TokenFile file;
  private final int length;
  private final long seed;
  /// The two epochs that rows are being cut from: a row may span the end of one and the beginning of the next.
  private final AtomicReferenceArray<Epoch> epochs = new AtomicReferenceArray<>(2);

  /// @param length of a row in inputs
  /// @throws UserException when the file holds no token
  public PackedBatches(TokenFile file, int length, long seed) {
    if (length < 1) {
      throw new IllegalArgumentException("a row needs at least one token, not " + length);
    }
    if (file.tokens() == 0) {
      throw new UserException("there is nothing to train on: the tokenised split holds no document");
    }
    if (file.documents() > Integer.MAX_VALUE - 8) {
      throw new UserException("more documents than one token file can shuffle: " + file.documents());
    }
    this.file = file;
    this.length = length;
    this.seed = seed;
  }

  /// An epoch's order.
  ///
  /// @param documents the document at each place
  /// @param starts the first token of each place, counted from the epoch's beginning; one more entry holds the total
  private record Epoch(long number, int[] documents, long[] starts) {
    /// The place that holds a token: the last one that begins at or before it.
    int place(long token) {
      int found = Arrays.binarySearch(starts, token);
      return found >= 0 ? found : -found - 2;
    }
  }

  @Override
  public int length() {
    return length;
  }

  /// Rows that one pass over the data makes, rounded down and at least one.
  public long rowsPerEpoch() {
    return Math.max(1, file.tokens() / length);
  }

  /// The epoch that a row begins in, counted from 0.
  public long epochOf(long row) {
    return Math.multiplyExact(row, length) / file.tokens();
  }

  @Override
  public void row(long row, int[] tokens, int[] segments) {
    if (tokens.length != length + 1 || segments.length != length) {
      throw new IllegalArgumentException(
          "a row of " + length + " needs arrays of " + (length + 1) + " and " + length + ", not " + tokens.length + " and "
              + segments.length);
    }
    long position = Math.multiplyExact(row, (long) length);
    int filled = 0;
    int segment = 0;
    while (filled <= length) {
      Epoch epoch = epoch(position / file.tokens());
      long inEpoch = position % file.tokens();
      for (int place = epoch.place(inEpoch); place < epoch.documents.length && filled <= length; place++, segment++) {
        long offset = inEpoch - epoch.starts[place];
        int count = (int) Math.min(epoch.starts[place + 1] - inEpoch, length + 1L - filled);
        file.copy(file.start(epoch.documents[place]) + offset, count, tokens, filled);
        Arrays.fill(segments, Math.min(filled, length), Math.min(filled + count, length), segment);
        filled += count;
        inEpoch += count;
        position += count;
      }
    }
  }

  private Epoch epoch(long number) {
    int slot = (int) (number & 1);
    Epoch cached = epochs.get(slot);
    if (cached != null && cached.number == number) {
      return cached;
    }
    Epoch fresh = shuffle(number);
    epochs.set(slot, fresh);
    return fresh;
  }

  /// Fisher and Yates' shuffle, with the numbers of (seed, epoch).
  private Epoch shuffle(long number) {
    int count = (int) file.documents();
    var random = new SplitMix64(SplitMix64.mix(seed) ^ SplitMix64.mix(number + 1));
    int[] documents = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.below(i + 1);
      documents[i] = documents[j];
      documents[j] = i;
    }
    long[] starts = new long[count + 1];
    for (int i = 0; i < count; i++) {
      starts[i + 1] = starts[i] + file.start(documents[i] + 1L) - file.start(documents[i]);
    }
    return new Epoch(number, documents, starts);
  }
}
