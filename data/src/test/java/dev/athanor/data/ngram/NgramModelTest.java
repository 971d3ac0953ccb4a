package dev.athanor.data.ngram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NgramModelTest {
  /// kept and backoff are floats.
  private static final double TOLERANCE = 1e-6;

  @Test
  void logProb_randomCorpora_agreesWithTheFormulaOverMaps() {
    for (int seed = 0; seed < 20; seed++) {
      int vocab = 2 + seed % 7;
      int order = 1 + seed % 5;
      List<int[]> corpus = corpus(seed, vocab, 3 + seed * 3);
      var model = NgramModel.train(corpus, vocab, order);
      var oracle = new Oracle(corpus, vocab, order);
      for (int[] document : corpus(seed + 1000, vocab, 5)) {
        for (int at = 0; at < document.length; at++) {
          assertThat(Math.exp(model.logProb(document, at)))
              .as("seed %d, position %d", seed, at)
              .isCloseTo(oracle.probability(document, at), within(TOLERANCE));
        }
      }
    }
  }

  @Test
  void logProb_everyContextOfASmallVocabulary_sumsToOne() {
    int vocab = 4;
    var model = NgramModel.train(corpus(7, vocab, 12), vocab, 4);
    for (int length = 0; length <= 4; length++) {
      for (int code = 0; code < Math.pow(vocab, length); code++) {
        int[] tokens = new int[length + 1];
        for (int i = 0, rest = code; i < length; i++, rest /= vocab) {
          tokens[i] = rest % vocab;
        }
        double sum = 0;
        for (int token = 0; token < vocab; token++) {
          tokens[length] = token;
          double p = Math.exp(model.logProb(tokens, length));
          assertThat(p).isPositive();
          sum += p;
        }
        assertThat(sum).isCloseTo(1, within(TOLERANCE));
      }
    }
  }

  @Test
  void score_document_equalsLogProbOfEachToken() {
    int vocab = 6;
    var model = NgramModel.train(corpus(3, vocab, 30), vocab, 5);
    for (int[] document : corpus(4, vocab, 10)) {
      float[] scores = model.score(document);
      assertThat(scores).hasSameSizeAs(document);
      for (int at = 0; at < document.length; at++) {
        assertThat((double) scores[at]).isCloseTo(model.logProb(document, at), within(TOLERANCE));
      }
    }
  }

  @Test
  void train_noDocuments_isUniform() {
    var model = NgramModel.train(List.of(), 8, 5);
    assertThat(model.score(new int[] {0, 7, 3})).containsOnly((float) -Math.log(8));
    assertThat(model.logProb(new int[] {5}, 0)).isEqualTo(-Math.log(8));
  }

  @Test
  void score_repeatedText_isFarMoreLikelyThanUnseenText() {
    int[] phrase = {1, 2, 3, 4, 5, 6, 7, 8};
    var model = NgramModel.train(List.of(phrase, phrase, phrase, phrase), 100, 5);
    assertThat(sum(model.score(phrase))).isGreaterThan(sum(model.score(new int[] {8, 7, 6, 5, 4, 3, 2, 1})) + 10);
  }

  @Test
  void train_vocabularyBeyondSixteenBits_keepsTokensApart() {
    int vocab = 1 << 20;
    var model = NgramModel.train(List.of(new int[] {1 << 19, 5}, new int[] {0, 5}), vocab, 3);
    assertThat(model.logProb(new int[] {1 << 19, 5}, 1)).isGreaterThan(model.logProb(new int[] {1 << 18, 9}, 1) + 5);
  }

  @Test
  void size_twoTokenDocument_countsDistinctGramsWithStarts() {
    var model = NgramModel.train(List.of(new int[] {0, 1}), 2, 2);
    // unigrams: start, 0, 1; bigrams: start 0, 0 1
    assertThat(model.size()).isEqualTo(5);
  }

  @Test
  void train_tokenOutsideVocabulary_isRefused() {
    assertThatThrownBy(() -> NgramModel.train(List.of(new int[] {3}), 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("token 3");
  }

  /// Skewed and repetitive, so that all counts-of-counts occur.
  private static List<int[]> corpus(int seed, int vocab, int documents) {
    var random = new Random(seed);
    List<int[]> corpus = new ArrayList<>();
    for (int d = 0; d < documents; d++) {
      int[] document = new int[random.nextInt(40)];
      for (int i = 0; i < document.length; i++) {
        boolean repeats = i > 0 && random.nextInt(3) > 0;
        document[i] = repeats ? (document[i - 1] + 1) % vocab : (int) (vocab * Math.pow(random.nextDouble(), 2));
      }
      corpus.add(document);
    }
    return corpus;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /// The definition, word for word, over lists of tokens; −1 is the start symbol.
  private static final class Oracle {
    private final int vocab;
    private final int order;
    private final List<Map<List<Integer>, Integer>> counts = new ArrayList<>();

    Oracle(List<int[]> corpus, int vocab, int order) {
      this.vocab = vocab;
      this.order = order;
      Map<List<Integer>, Integer> highest = new HashMap<>();
      List<Set<List<Integer>>> seen = new ArrayList<>();
      for (int k = 0; k <= order; k++) {
        seen.add(new HashSet<>());
        counts.add(new HashMap<>());
      }
      for (int[] document : corpus) {
        for (int at = 0; at < document.length; at++) {
          List<Integer> gram = gram(document, at, order);
          highest.merge(gram, 1, Integer::sum);
          for (int k = 1; k <= order; k++) {
            seen.get(k).add(gram.subList(order - k, order));
          }
        }
      }
      counts.set(order, highest);
      for (int k = 1; k < order; k++) {
        for (List<Integer> longer : seen.get(k + 1)) {
          counts.get(k).merge(longer.subList(1, k + 1), 1, Integer::sum);
        }
      }
    }

    double probability(int[] document, int at) {
      return probability(gram(document, at, order));
    }

    private double probability(List<Integer> gram) {
      int k = gram.size();
      if (k == 0) {
        return 1.0 / vocab;
      }
      double lower = probability(gram.subList(1, k));
      long[] n = new long[5];
      counts.get(k).values().stream().filter(c -> c < 5).forEach(c -> n[c]++);
      var discounts = Discounts.estimate(n);
      double total = 0;
      double taken = 0;
      for (var entry : counts.get(k).entrySet()) {
        if (entry.getKey().subList(0, k - 1).equals(gram.subList(0, k - 1))) {
          total += entry.getValue();
          taken += discounts.of(entry.getValue());
        }
      }
      if (total == 0) {
        return lower;
      }
      int count = counts.get(k).getOrDefault(gram, 0);
      double kept = count == 0 ? 0 : count - discounts.of(count);
      return kept / total + taken / total * lower;
    }

    private static List<Integer> gram(int[] document, int at, int order) {
      List<Integer> gram = new ArrayList<>();
      for (int i = at - order + 1; i <= at; i++) {
        gram.add(i < 0 ? -1 : document[i]);
      }
      return gram;
    }
  }
}
