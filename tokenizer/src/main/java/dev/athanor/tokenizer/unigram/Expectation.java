package dev.athanor.tokenizer.unigram;

import dev.athanor.tokenizer.Words;
import java.util.Arrays;

/// The E step: how often each piece is expected in the words, over all segmentations by their probability, by the forward-backward
/// algorithm. Probabilities are multiplied as they are, times 2⁷ for each symbol, which all segmentations of a word share: no
/// logarithm is taken but where a word is so unlikely that doubles do not reach, and there the sums are of logarithms.
///
/// Expectations are added as integers, in units of 2⁻ⁿ: such a sum does not depend on the order, so that any number of threads gives
/// the same. A step's arithmetic is IEEE's alone, so that any machine does.
final class Expectation implements Parallel.Worker {
  private static final int BITS_PER_SYMBOL = 7;
  private static final double SMALLEST = 0x1p-900;
  private static final double LARGEST = 0x1p900;

  /// What all workers read.
  ///
  /// @param probabilities of the pieces, times 2⁷ for each of their symbols
  /// @param unit what an expectation of 1 is in the sums
  record Model(Words words, PieceTrie trie, double[] scores, double[] probabilities, double unit) {
    static Model of(Words words, Pieces pieces) {
      double[] probabilities = new double[pieces.size()];
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] = Math.scalb(StrictMath.exp(pieces.scores()[i]), BITS_PER_SYMBOL * pieces.lengths()[i]);
      }
      double most = 1;
      for (int w = 0; w < words.size(); w++) {
        most += (double) words.count(w) * (words.start(w + 1) - words.start(w));
      }
      return new Model(words, pieces.trie(words), pieces.scores(), probabilities, Math.scalb(1.0, Math.min(40, 61 - Math.getExponent(most))));
    }
  }

  private final Model model;
  private final long[] sums;
  private final Arcs arcs = new Arcs();
  private double[] forward = new double[64];
  private double[] backward = new double[64];

  Expectation(Model model) {
    this.model = model;
    this.sums = new long[model.scores.length];
  }

  /// The expected counts of all words.
  static double[] of(Words words, Pieces pieces, Parallel parallel) {
    Model model = Model.of(words, pieces);
    long[] sums = new long[pieces.size()];
    for (Expectation worker : parallel.each(words.size(), () -> new Expectation(model))) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += worker.sums[i];
      }
    }
    return Arrays.stream(sums).mapToDouble(sum -> (double) sum / model.unit).toArray();
  }

  @Override
  public void range(int from, int to) {
    for (int w = from; w < to; w++) {
      int start = model.words.start(w);
      word(start, model.words.start(w + 1) - 1 - start, (double) model.words.count(w) * model.unit);
    }
  }

  private void word(int start, int length, double count) {
    if (count == 0) {
      return;
    }
    arcs.read(model.trie, model.words.symbols(), start, length);
    if (arcs.size() == 1) {
      sums[arcs.piece(0)] += (long) count;
      return;
    }
    if (forward.length <= length) {
      forward = new double[length * 2];
      backward = new double[length * 2];
    }
    double total = forward(length);
    if (total > SMALLEST && total < LARGEST) {
      backward(length, count / total);
    } else {
      logarithmic(length, count);
    }
  }

  private double forward(int length) {
    Arrays.fill(forward, 0, length + 1, 0);
    forward[0] = 1;
    for (int i = 0; i < length; i++) {
      double here = forward[i];
      for (int arc = arcs.first(i), end = arcs.first(i + 1); arc < end; arc++) {
        forward[arcs.end(arc)] += here * model.probabilities[arcs.piece(arc)];
      }
    }
    return forward[length];
  }

  private void backward(int length, double scale) {
    backward[length] = scale;
    for (int i = length - 1; i >= 0; i--) {
      double here = forward[i];
      double sum = 0;
      for (int arc = arcs.first(i), end = arcs.first(i + 1); arc < end; arc++) {
        int piece = arcs.piece(arc);
        double rest = model.probabilities[piece] * backward[arcs.end(arc)];
        sum += rest;
        sums[piece] += (long) (here * rest + 0.5);
      }
      backward[i] = sum;
    }
  }

  private void logarithmic(int length, double count) {
    Arrays.fill(forward, 0, length + 1, Double.NEGATIVE_INFINITY);
    Arrays.fill(backward, 0, length + 1, Double.NEGATIVE_INFINITY);
    forward[0] = 0;
    for (int i = 0; i < length; i++) {
      for (int arc = arcs.first(i); arc < arcs.first(i + 1); arc++) {
        int end = arcs.end(arc);
        forward[end] = UnigramLattice.logSum(forward[end], forward[i] + model.scores[arcs.piece(arc)]);
      }
    }
    backward[length] = 0;
    for (int i = length - 1; i >= 0; i--) {
      for (int arc = arcs.first(i); arc < arcs.first(i + 1); arc++) {
        int piece = arcs.piece(arc);
        double rest = model.scores[piece] + backward[arcs.end(arc)];
        backward[i] = UnigramLattice.logSum(backward[i], rest);
        sums[piece] += (long) (count * StrictMath.exp(forward[i] + rest - forward[length]) + 0.5);
      }
    }
  }
}
