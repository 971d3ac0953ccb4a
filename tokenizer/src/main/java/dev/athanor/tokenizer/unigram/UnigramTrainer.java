package dev.athanor.tokenizer.unigram;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.PublishedTokenizer;
import dev.athanor.tokenizer.WordOptions;
import dev.athanor.tokenizer.WordTokenizerJson;
import dev.athanor.tokenizer.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/// Trains a unigram language model over pieces (Kudo 2018, arXiv:1804.10959) as SentencePiece does: from many substrings, turns of
/// expectation maximization and of pruning, until the vocabulary has the wanted size. The counts of a maximization are those of a
/// Dirichlet prior's posterior mean in the log domain: exp ψ(count), which takes from rare pieces the most.
///
/// The same texts, in any order and on any number of threads, give the same tokenizer.
public final class UnigramTrainer {
  /// The algorithm's constants, which one seldom changes.
  ///
  /// @param seeds substrings that training begins with, beside the characters
  /// @param shrink the share of the pieces that a pruning leaves
  /// @param turns of expectation maximization before each pruning
  public record Schedule(int seeds, double shrink, int turns) {
    public Schedule {
      if (seeds < 0 || !(shrink > 0 && shrink < 1) || turns < 1) {
        throw new UserException("seeds at least 0, a share between 0 and 1, turns at least 1: not " + seeds + ", " + shrink + ", " + turns);
      }
    }

    /// SentencePiece's: a million, ¾, two.
    public static Schedule standard() {
      return new Schedule(1_000_000, 0.75, 2);
    }
  }

  /// Pieces that are expected less often are dropped, as in SentencePiece.
  private static final double RARE = 0.5;

  /// Pruning ends here, in sizes of the final vocabulary; the least likely pieces of the rest go at the end.
  private static final double LAST_SIZE = 1.1;

  private final WordOptions options;
  private final Schedule schedule;

  public UnigramTrainer(WordOptions options, Schedule schedule) {
    this.options = options;
    this.schedule = schedule;
  }

  /// Reads the stream once, on the caller's thread. Memory grows with the number of distinct words.
  public PublishedTokenizer train(Iterator<String> texts, Progress progress) {
    UnigramModel model = model(texts, progress);
    return WordTokenizerJson.of(options, model.json());
  }

  /// The model alone.
  public UnigramModel model(Iterator<String> texts, Progress progress) {
    // A tokenizer.json's reader looks for the names of bytes in the text too; their characters' own pieces must win everywhere.
    Words words = Words.count(texts, options, options.byteFallback() ? "<0x123456789ABCDEF>unk" : "", progress);
    Pieces pieces;
    try (Progress.Task task = progress.start("find pieces", -1, "piece")) {
      pieces = SeedPieces.of(words, options.rules(), schedule.seeds, options.threads());
      task.advance(pieces.size());
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(options.threads());
        Progress.Task task = progress.start("learn pieces", -1, "turn")) {
      return finished(words, learn(words, pieces, new Parallel(executor, options.threads()), task), progress);
    }
  }

  private Pieces learn(Words words, Pieces seeds, Parallel parallel, Progress.Task task) {
    int last = (int) (options.pieces() * LAST_SIZE);
    Pieces pieces = seeds;
    while (true) {
      for (int turn = 0; turn < schedule.turns; turn++) {
        pieces = maximize(pieces, Expectation.of(words, pieces, parallel));
        task.advance(1);
        task.note(String.format(Locale.ROOT, "%,d pieces", pieces.size()));
      }
      if (pieces.size() <= last) {
        return pieces;
      }
      int size = pieces.size();
      pieces = Pruning.prune(words, pieces, Math.max(last, (int) (schedule.shrink * size)), options.pieces(), parallel);
      if (pieces.size() == size) {
        return pieces;
      }
    }
  }

  /// Rare pieces go; a character stays and counts as if it were just not rare, since nothing else writes it.
  private Pieces maximize(Pieces pieces, double[] expected) {
    boolean[] kept = new boolean[expected.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = expected[i] >= RARE || pieces.lengths()[i] == 1;
    }
    Keep.atLeast(kept, expected, Math.min(options.pieces(), kept.length));
    double sum = 0;
    double[] counts = new double[expected.length];
    for (int i = 0; i < kept.length; i++) {
      counts[i] = kept[i] ? Math.max(RARE, expected[i]) : 0;
      sum += counts[i];
    }
    double logSum = Digamma.of(sum);
    double[] scores = Arrays.stream(counts).map(count -> count == 0 ? 0 : Digamma.of(count) - logSum).toArray();
    return pieces.only(kept, scores);
  }

  private UnigramModel finished(Words words, Pieces pieces, Progress progress) {
    Set<String> reserved = options.reserved();
    boolean[] kept = new boolean[pieces.size()];
    String[] texts = new String[kept.length];
    double[] wanted = new double[kept.length];
    for (int i = 0; i < kept.length; i++) {
      texts[i] = words.text(pieces.at()[i], pieces.lengths()[i]);
      kept[i] = pieces.lengths()[i] == 1;
      wanted[i] = reserved.contains(texts[i]) ? Double.NEGATIVE_INFINITY : pieces.scores()[i];
    }
    Keep.atLeast(kept, wanted, options.pieces());
    List<UnigramModel.Piece> chosen = new ArrayList<>();
    IntStream.range(0, kept.length)
        .filter(i -> kept[i] && !reserved.contains(texts[i]))
        .mapToObj(i -> new UnigramModel.Piece(texts[i], rounded(pieces.scores()[i])))
        .sorted(Comparator.comparingDouble((UnigramModel.Piece piece) -> -piece.score()).thenComparing(UnigramModel.Piece::text))
        .forEach(chosen::add);
    if (chosen.size() < options.pieces()) {
      progress.say("the texts hold pieces for a vocabulary of " + (options.vocabSize() - options.pieces() + chosen.size())
          + " only, not the " + options.vocabSize() + " asked for");
    }
    return UnigramModel.of(chosen, options.byteFallback());
  }

  /// To nine decimals: so few digits are read as the same double by every reader of JSON, and equal sums stay equal.
  private static double rounded(double score) {
    return Math.rint(score * 1e9) / 1e9;
  }
}
