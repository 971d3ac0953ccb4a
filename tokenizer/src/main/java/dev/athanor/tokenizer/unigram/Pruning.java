package dev.athanor.tokenizer.unigram;

import dev.athanor.tokenizer.Words;
import java.util.Arrays;

/// Which pieces stay when the vocabulary shrinks: those without which the likelihood of the words would fall the most. Without a piece
/// its occurrences on best paths are written with its second-best segmentation; from the counts before and after follows the loss
/// (SentencePiece's approximation of Kudo 2018, section 3.2).
final class Pruning implements Parallel.Worker {
  /// The piece stays in any case: nothing else writes its text.
  private static final double NEEDED = Double.POSITIVE_INFINITY;

  /// No best path has it, or other pieces write it better: it goes, unless the vocabulary would be too small.
  private static final double USELESS = Double.NEGATIVE_INFINITY;

  private final Pieces pieces;
  private final BestPaths paths;
  private final long[] counts;
  private final double all;
  private final double logAll;
  private final double[] losses;

  private Pruning(Words words, Pieces pieces, PieceTrie trie, long[] counts, double all, double[] losses) {
    this.pieces = pieces;
    this.paths = new BestPaths(words, trie, pieces.scores());
    this.counts = counts;
    this.all = all;
    this.logAll = StrictMath.log(all);
    this.losses = losses;
  }

  /// @param target pieces that stay, more where more are needed
  /// @param least pieces that stay even if they are useless
  static Pieces prune(Words words, Pieces pieces, int target, int least, Parallel parallel) {
    PieceTrie trie = pieces.trie(words);
    long[] counts = BestPaths.counts(words, pieces, trie, parallel);
    double all = (double) Math.max(1, Arrays.stream(counts).sum());
    double[] losses = new double[pieces.size()];
    parallel.each(pieces.size(), () -> new Pruning(words, pieces, trie, counts, all, losses));
    return pieces.only(kept(losses, pieces.scores(), target, least), pieces.scores());
  }

  private static boolean[] kept(double[] losses, double[] scores, int target, int least) {
    int needed = (int) Arrays.stream(losses).filter(loss -> loss == NEEDED).count();
    double[] candidates = Arrays.stream(losses).filter(loss -> loss != NEEDED && loss != USELESS).toArray();
    Arrays.parallelSort(candidates);
    int room = Math.clamp((long) target - needed, 0, candidates.length);
    double bar = room == 0 ? NEEDED : candidates[candidates.length - room];
    // Of those at the bar the first ones stay.
    int atBar = room - (int) Arrays.stream(candidates).filter(loss -> loss > bar).count();
    boolean[] kept = new boolean[losses.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = losses[i] == NEEDED || losses[i] > bar || (losses[i] == bar && atBar-- > 0);
    }
    Keep.atLeast(kept, scores, least);
    return kept;
  }

  @Override
  public void range(int from, int to) {
    for (int i = from; i < to; i++) {
      losses[i] = loss(i);
    }
  }

  private double loss(int piece) {
    int length = pieces.lengths()[piece];
    int[] others = paths.segments(pieces.at()[piece], length, length);
    if (others.length == 0) {
      return NEEDED;
    }
    double count = (double) counts[piece];
    if (count == 0 || paths.score(length) > pieces.scores()[piece]) {
      return USELESS;
    }
    double with = StrictMath.log(count) - logAll;
    double logMore = StrictMath.log(all + count * (others.length - 1));
    double without = 0;
    for (int other : others) {
      without += StrictMath.log((double) counts[other] + count) - logMore;
    }
    return count / all * (with - without);
  }
}
