package dev.athanor.inference;

import java.util.Arrays;
import java.util.List;

/// Guesses how a text goes on from what followed its last tokens earlier in it: prompt look-up. It costs no model, and is often right
/// where a text repeats or edits what it was given. Saxena, https://github.com/apoorvumang/prompt-lookup-decoding
final class NgramDrafter implements Drafter {
  private static final int LONGEST = 4;
  private static final int SHORTEST = 2;

  @Override
  public void draft(List<Sequence> sequences, int most) {
    for (Sequence sequence : sequences) {
      sequence.propose(of(sequence.ids(), sequence.length(), Math.min(most, sequence.guessable())));
    }
  }

  /// At most `most` tokens that followed the latest earlier occurrence of the last LONGEST tokens, or of fewer where there is none;
  /// empty where the last SHORTEST are new.
  static int[] of(int[] ids, int length, int most) {
    for (int n = Math.min(LONGEST, length - 1); n >= SHORTEST; n--) {
      for (int at = length - n - 1; at >= 0; at--) {
        if (Arrays.equals(ids, at, at + n, ids, length - n, length)) {
          return Arrays.copyOfRange(ids, at + n, Math.min(length, at + n + most));
        }
      }
    }
    return new int[0];
  }
}
