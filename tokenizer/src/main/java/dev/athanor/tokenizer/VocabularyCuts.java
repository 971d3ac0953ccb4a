package dev.athanor.tokenizer;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The smaller vocabularies inside a BPE vocabulary: those of its first k merges, which are what training would have given had it
/// stopped there.
///
/// All of them are read off one encoding of a piece. Encoding applies at every step the merge of the lowest rank that fits. With the
/// first k merges alone it takes the same steps as with all of them, up to the first whose rank is k or more: until then a merge of
/// a lower rank fitted, and was chosen. So a step is taken by every k that is greater than all ranks up to it, and what the
/// vocabulary of k merges makes of the piece follows from the highest rank so far at each step.
final class VocabularyCuts {
  /// Later than any number of merges.
  static final int NEVER = Integer.MAX_VALUE;

  /// Is told of the tokens that a piece has in one of the vocabularies or another.
  @FunctionalInterface
  interface Tokens {
    /// The piece has this token once more in the vocabularies of `from` merges and on, up to those of less than `to`.
    void token(int id, int from, int to);
  }

  private final BpeTokenizer tokenizer;
  private final PieceEncoder encoder;

  /// By the number of merges, how many tokens they make.
  private final int[] made;

  /// By id the number of merges from which on it is made; 0 where it is there without.
  private final int[] madeFrom;

  VocabularyCuts(BpeTokenizer tokenizer) {
    this.tokenizer = tokenizer;
    encoder = tokenizer.pieces();
    int[] results = encoder.results();
    made = new int[results.length + 1];
    madeFrom = new int[tokenizer.vocabSize()];
    for (int rank = 0; rank < results.length; rank++) {
      boolean first = madeFrom[results[rank]] == 0;
      made[rank + 1] = made[rank] + (first ? 1 : 0);
      if (first) {
        madeFrom[results[rank]] = rank + 1;
      }
    }
  }

  /// The number of merges of all.
  int merges() {
    return made.length - 1;
  }

  /// Ids of the vocabulary of so many merges; those that no merge makes, such as single bytes and special tokens, are in all of them.
  int size(int merges) {
    return tokenizer.vocabSize() - made[made.length - 1] + made[merges];
  }

  /// The most merges whose vocabulary is no larger.
  int mergesOf(int size) {
    int merges = 0;
    for (int low = 0, high = made.length - 1; low <= high; ) {
      int middle = (low + high) >>> 1;
      if (size(middle) <= size) {
        merges = middle;
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return merges;
  }

  /// The ids that the first so many merges make.
  IntStream madeBy(int merges) {
    return IntStream.range(0, madeFrom.length).filter(id -> madeFrom[id] > 0 && madeFrom[id] <= merges);
  }

  /// For each byte of a piece the number of merges from which on no token begins there.
  int[] joins(byte[] piece) {
    int[] joins = new int[piece.length];
    Arrays.fill(joins, NEVER);
    int[] latest = {0};
    encoder.trace(
        piece,
        (_, right, rank, _) -> {
          latest[0] = Math.max(latest[0], rank + 1);
          joins[right] = latest[0];
        });
    int whole = wholeFrom(piece);
    for (int at = 1; at < joins.length; at++) {
      joins[at] = Math.min(joins[at], whole);
    }
    return joins;
  }

  /// The tokens of a piece, of every vocabulary.
  void tokens(byte[] piece, Tokens to) {
    int[] ids = encoder.single(piece, piece.length);
    int[] from = new int[piece.length];
    boolean[] gone = new boolean[piece.length];
    int[] latest = {0};
    int whole = wholeFrom(piece);
    encoder.trace(
        piece,
        (left, right, rank, id) -> {
          latest[0] = Math.max(latest[0], rank + 1);
          tell(ids[left], from[left], latest[0], whole, to);
          tell(ids[right], from[right], latest[0], whole, to);
          ids[left] = id;
          from[left] = latest[0];
          gone[right] = true;
        });
    for (int at = 0; at < ids.length; at++) {
      if (!gone[at]) {
        tell(ids[at], from[at], NEVER, whole, to);
      }
    }
    if (whole < NEVER) {
      to.token(encoder.whole(piece).orElseThrow(), whole, NEVER);
    }
  }

  private static void tell(int id, int from, int until, int whole, Tokens to) {
    int end = Math.min(until, whole);
    if (from < end) {
      to.token(id, from, end);
    }
  }

  /// Where pieces that are tokens as a whole are not merged: the number of merges from which on this one is such.
  private int wholeFrom(byte[] piece) {
    OptionalInt id = encoder.whole(piece);
    return id.isPresent() ? madeFrom[id.getAsInt()] : NEVER;
  }
}
