package dev.athanor.tokenizer.unigram;

import dev.athanor.tokenizer.Words;
import java.util.Arrays;
import java.util.List;

/// How often each piece comes in the words' best segmentations (Viterbi).
final class BestPaths implements Parallel.Worker {
  private final Words words;
  private final PieceTrie trie;
  private final double[] scores;
  private final long[] counts;
  private final Arcs arcs = new Arcs();
  private double[] best = new double[64];
  private int[] lastStart = new int[64];
  private int[] lastPiece = new int[64];

  BestPaths(Words words, PieceTrie trie, double[] scores) {
    this.words = words;
    this.trie = trie;
    this.scores = scores;
    this.counts = new long[scores.length];
  }

  static long[] counts(Words words, Pieces pieces, PieceTrie trie, Parallel parallel) {
    long[] sums = new long[pieces.size()];
    List<BestPaths> workers = parallel.each(words.size(), () -> new BestPaths(words, trie, pieces.scores()));
    for (BestPaths worker : workers) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += worker.counts[i];
      }
    }
    return sums;
  }

  @Override
  public void range(int from, int to) {
    for (int w = from; w < to; w++) {
      int start = words.start(w);
      int length = words.start(w + 1) - 1 - start;
      walk(start, length, length + 1);
      for (int end = length; end > 0; end = lastStart[end]) {
        counts[lastPiece[end]] += words.count(w);
      }
    }
  }

  /// The best segmentation of a stretch by pieces shorter than `below` symbols: the pieces from the last to the first, empty where
  /// there is none; its score is [#score].
  int[] segments(int start, int length, int below) {
    walk(start, length, below);
    if (best[length] == Double.NEGATIVE_INFINITY) {
      return new int[0];
    }
    int[] pieces = new int[length];
    int size = 0;
    for (int end = length; end > 0; end = lastStart[end]) {
      pieces[size++] = lastPiece[end];
    }
    return Arrays.copyOf(pieces, size);
  }

  double score(int length) {
    return best[length];
  }

  private void walk(int start, int length, int below) {
    if (best.length <= length) {
      best = new double[length * 2];
      lastStart = new int[length * 2];
      lastPiece = new int[length * 2];
    }
    arcs.read(trie, words.symbols(), start, length);
    Arrays.fill(best, 1, length + 1, Double.NEGATIVE_INFINITY);
    best[0] = 0;
    for (int i = 0; i < length; i++) {
      for (int arc = arcs.first(i); arc < arcs.first(i + 1); arc++) {
        int end = arcs.end(arc);
        double score = best[i] + scores[arcs.piece(arc)];
        if (score > best[end] && end - i < below) {
          best[end] = score;
          lastStart[end] = i;
          lastPiece[end] = arcs.piece(arc);
        }
      }
    }
  }
}
