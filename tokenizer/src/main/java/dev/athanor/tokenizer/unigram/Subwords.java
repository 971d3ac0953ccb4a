package dev.athanor.tokenizer.unigram;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.PipelineTokenizer;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Other segmentations of texts than the best one, by any published tokenizer whose model is Unigram: subword regularization (Kudo
/// 2018, arXiv:1804.10959), n-best lists. Thread-safe.
public final class Subwords {
  /// @param score natural logarithm of the probability, added tokens apart
  public record Encoded(List<Integer> ids, double score) {
    public Encoded {
      ids = List.copyOf(ids);
    }

    private Encoded then(List<Integer> more, double moreScore) {
      List<Integer> both = new ArrayList<>(ids);
      both.addAll(more);
      return new Encoded(both, score + moreScore);
    }
  }

  private final PipelineTokenizer tokenizer;
  private final UnigramModel model;

  private Subwords(PipelineTokenizer tokenizer, UnigramModel model) {
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /// @param where names the tokenizer in errors
  /// @throws UserException where the tokenizer's model is of another kind
  public static Subwords of(Tokenizer tokenizer, String where) {
    if (!(tokenizer instanceof PipelineTokenizer pipeline)) {
      throw new UserException(where + ": byte-level BPE has one segmentation of a text; n-best and sampling need a Unigram model");
    }
    return new Subwords(pipeline, UnigramModel.read(pipeline.json().path("model"), where));
  }

  /// The likeliest segmentations, the best first; as many as there are, at most n.
  ///
  /// @param specials whether the names of special tokens stand for those tokens
  public List<Encoded> best(String text, boolean specials, int n) {
    if (n < 1) {
      throw new UserException("of the best segmentations one at least, not " + n);
    }
    return pieces(text, specials, List.of(new Encoded(List.of(), 0)), (all, lattice) -> product(all, lattice.best(n), n));
  }

  /// One at random, with probability in proportion to its own to the power of alpha.
  ///
  /// @param alpha at least 0; 1 samples the model, 0 takes all segmentations as equally likely
  public Encoded sample(String text, boolean specials, double alpha, RandomGenerator random) {
    if (!(alpha >= 0 && alpha <= 1e6)) {
      throw new UserException("alpha is at least 0, such as 0.2, not " + alpha);
    }
    return pieces(text, specials, List.of(new Encoded(List.of(), 0)), (all, lattice) -> product(all, List.of(lattice.sample(alpha, random)), 1)).getFirst();
  }

  @FunctionalInterface
  private interface Step {
    List<Encoded> apply(List<Encoded> before, UnigramLattice lattice);
  }

  /// The text's pieces are independent of each other.
  private List<Encoded> pieces(String text, boolean specials, List<Encoded> none, Step step) {
    List<Function<List<Encoded>, List<Encoded>>> steps = new ArrayList<>();
    tokenizer.pieces(
        text,
        specials,
        piece -> steps.add(all -> step.apply(all, new UnigramLattice(model, piece))),
        id -> steps.add(all -> all.stream().map(one -> one.then(List.of(id), 0)).toList()));
    List<Encoded> all = none;
    for (Function<List<Encoded>, List<Encoded>> next : steps) {
      all = next.apply(all);
    }
    return all;
  }

  /// The n best of all pairs. The pair of the i-th and the j-th has (i + 1)(j + 1) − 1 pairs that are no worse before it.
  private static List<Encoded> product(List<Encoded> left, List<UnigramLattice.Segmentation> right, int n) {
    record Pair(int i, int j, double score) {}
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < left.size() && i < n; i++) {
      for (int j = 0; j < right.size() && (i + 1L) * (j + 1L) <= n; j++) {
        pairs.add(new Pair(i, j, left.get(i).score + right.get(j).score()));
      }
    }
    return pairs.stream()
        .sorted(Comparator.comparingDouble((Pair pair) -> -pair.score).thenComparingInt(Pair::i).thenComparingInt(Pair::j))
        .limit(n)
        .map(pair -> left.get(pair.i).then(right.get(pair.j).ids(), right.get(pair.j).score()))
        .toList();
  }
}
