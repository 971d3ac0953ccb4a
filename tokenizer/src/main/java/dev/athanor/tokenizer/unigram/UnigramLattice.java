package dev.athanor.tokenizer.unigram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// All segmentations of one text into pieces, each with the product of its pieces' probabilities: the best of them, the n best, and
/// samples for subword regularization (Kudo 2018, arXiv:1804.10959). A character at which no piece of one character begins may be
/// unknown. The text is normalized already: blanks in it are ▁.
public final class UnigramLattice {
  /// A segmentation.
  ///
  /// @param ids as a tokenizer gives them: runs of unknown characters are one unknown token or their bytes
  /// @param pieces the text's parts; an unknown character is one by itself
  /// @param score natural logarithm of the probability, not divided by that of the text
  public record Segmentation(List<Integer> ids, List<String> pieces, double score) {
    public Segmentation {
      ids = List.copyOf(ids);
      pieces = List.copyOf(pieces);
    }
  }

  /// Of unknown characters.
  private static final int UNKNOWN = -1;

  private final UnigramModel model;
  private final String text;
  /// The arcs by where they begin.
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int[] pieces = new int[64];
  private double[] scores = new double[64];
  private int size;
  /// The arcs that end at a position are `byEnd[endFirsts[position]]` up to the next position's first.
  private final int[] byEnd;
  private final int[] endFirsts;

  public UnigramLattice(UnigramModel model, String text) {
    this.model = model;
    this.text = text;
    fill();
    endFirsts = new int[text.length() + 2];
    for (int arc = 0; arc < size; arc++) {
      endFirsts[ends[arc] + 1]++;
    }
    for (int i = 0; i <= text.length(); i++) {
      endFirsts[i + 1] += endFirsts[i];
    }
    byEnd = new int[size];
    int[] next = Arrays.copyOf(endFirsts, text.length() + 1);
    for (int arc = 0; arc < size; arc++) {
      byEnd[next[ends[arc]]++] = arc;
    }
  }

  private void fill() {
    char[] symbols = text.toCharArray();
    for (int i = 0; i < symbols.length; ) {
      int next = i + Character.charCount(text.codePointAt(i));
      boolean single = false;
      int node = PieceTrie.ROOT;
      for (int j = i; j < symbols.length; ) {
        node = model.trie().child(node, symbols[j++]);
        if (node < 0) {
          break;
        }
        int piece = model.trie().value(node);
        if (piece >= 0) {
          add(i, j, piece, model.score(piece));
          single |= j == next;
        }
      }
      if (!single) {
        add(i, next, UNKNOWN, model.unknownScore());
      }
      i = next;
    }
  }

  private void add(int start, int end, int piece, double score) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
      pieces = Arrays.copyOf(pieces, size * 2);
      scores = Arrays.copyOf(scores, size * 2);
    }
    starts[size] = start;
    ends[size] = end;
    pieces[size] = piece;
    scores[size++] = score;
  }

  /// The logarithm of the sum of all segmentations' probabilities.
  public double logProbability() {
    return sums(1)[text.length()];
  }

  /// How often each id is expected, the unknown token for unknown characters.
  public double[] expected() {
    double[] expected = new double[model.vocabulary().size()];
    double[] before = sums(1);
    double[] after = new double[text.length() + 1];
    Arrays.fill(after, Double.NEGATIVE_INFINITY);
    after[text.length()] = 0;
    for (int arc = size - 1; arc >= 0; arc--) {
      double rest = scores[arc] + after[ends[arc]];
      after[starts[arc]] = logSum(after[starts[arc]], rest);
      int id = pieces[arc] == UNKNOWN ? model.unknown() : pieces[arc];
      expected[id] += StrictMath.exp(before[starts[arc]] + rest - before[text.length()]);
    }
    return expected;
  }

  /// The likeliest; of equal ones that whose last pieces are the longest.
  public Segmentation best() {
    double[] best = viterbi();
    List<Integer> arcs = new ArrayList<>();
    for (int end = text.length(); end > 0; end = starts[arcs.getLast()]) {
      for (int k = endFirsts[end]; k < endFirsts[end + 1]; k++) {
        if (best[starts[byEnd[k]]] + scores[byEnd[k]] == best[end]) {
          arcs.add(byEnd[k]);
          break;
        }
      }
    }
    Collections.reverse(arcs);
    return segmentation(arcs, best[text.length()]);
  }

  /// An end of a segmentation.
  ///
  /// @param arc its first arc; -1 where there is none yet
  /// @param score of its arcs
  /// @param bound the most that a whole segmentation with this end has
  private record Tail(int arc, @Nullable Tail next, double score, double bound, long number) implements Comparable<Tail> {
    @Override
    public int compareTo(Tail other) {
      return bound != other.bound ? Double.compare(other.bound, bound) : Long.compare(number, other.number);
    }
  }

  /// The likeliest ones, the best first: A* from the end of the text, whose bound, the best beginning by Viterbi's forward pass, is
  /// exact, so that no tail is looked at in vain (Nagata 1994).
  ///
  /// @param n as many as there are, at most
  public List<Segmentation> best(int n) {
    double[] best = viterbi();
    List<Segmentation> found = new ArrayList<>();
    PriorityQueue<Tail> agenda = new PriorityQueue<>();
    long number = 0;
    agenda.add(new Tail(-1, null, 0, best[text.length()], number++));
    while (found.size() < n && !agenda.isEmpty()) {
      Tail tail = agenda.remove();
      int end = tail.arc < 0 ? text.length() : starts[tail.arc];
      if (end == 0) {
        found.add(segmentation(arcs(tail), tail.score));
        continue;
      }
      for (int k = endFirsts[end]; k < endFirsts[end + 1]; k++) {
        int arc = byEnd[k];
        double score = tail.score + scores[arc];
        agenda.add(new Tail(arc, tail, score, score + best[starts[arc]], number++));
      }
    }
    return found;
  }

  private static List<Integer> arcs(Tail first) {
    List<Integer> arcs = new ArrayList<>();
    for (Tail tail = first; tail != null && tail.arc >= 0; tail = tail.next) {
      arcs.add(tail.arc);
    }
    return arcs;
  }

  /// One at random, with probability in proportion to its own to the power of alpha: 1 samples the model, 0 makes all segmentations
  /// equally likely, a large one gives the best. Forward filtering, backward sampling.
  public Segmentation sample(double alpha, RandomGenerator random) {
    double[] sums = sums(alpha);
    List<Integer> arcs = new ArrayList<>();
    double score = 0;
    for (int end = text.length(); end > 0; end = starts[arcs.getLast()]) {
      double left = random.nextDouble();
      int chosen = -1;
      for (int k = endFirsts[end]; k < endFirsts[end + 1] && (chosen < 0 || left >= 0); k++) {
        double share = StrictMath.exp(sums[starts[byEnd[k]]] + alpha * scores[byEnd[k]] - sums[end]);
        // Rounding may leave a rest behind the last; no arc of probability 0 gets it.
        chosen = share > 0 ? byEnd[k] : chosen;
        left -= share;
      }
      arcs.add(chosen);
      score += scores[chosen];
    }
    Collections.reverse(arcs);
    return segmentation(arcs, score);
  }

  private double[] viterbi() {
    double[] best = new double[text.length() + 1];
    Arrays.fill(best, 1, best.length, Double.NEGATIVE_INFINITY);
    for (int arc = 0; arc < size; arc++) {
      best[ends[arc]] = Math.max(best[ends[arc]], best[starts[arc]] + scores[arc]);
    }
    return best;
  }

  /// The logarithm of the sum over all segmentations up to each position.
  private double[] sums(double alpha) {
    double[] sums = new double[text.length() + 1];
    Arrays.fill(sums, 1, sums.length, Double.NEGATIVE_INFINITY);
    for (int arc = 0; arc < size; arc++) {
      sums[ends[arc]] = logSum(sums[ends[arc]], sums[starts[arc]] + alpha * scores[arc]);
    }
    return sums;
  }

  private Segmentation segmentation(List<Integer> arcs, double score) {
    List<Integer> ids = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    int run = -1;
    for (int arc : arcs) {
      parts.add(text.substring(starts[arc], ends[arc]));
      if (pieces[arc] == UNKNOWN) {
        run = run < 0 ? starts[arc] : run;
        continue;
      }
      addUnknown(ids, run, starts[arc]);
      run = -1;
      ids.add(pieces[arc]);
    }
    addUnknown(ids, run, text.length());
    return new Segmentation(ids, parts, score);
  }

  private void addUnknown(List<Integer> ids, int from, int to) {
    if (from >= 0) {
      Arrays.stream(model.unknown(text.substring(from, to))).forEach(ids::add);
    }
  }

  /// ln(eᵃ + eᵇ).
  static double logSum(double a, double b) {
    double more = Math.max(a, b);
    double less = Math.min(a, b);
    return less == Double.NEGATIVE_INFINITY ? more : more + StrictMath.log1p(StrictMath.exp(less - more));
  }
}
