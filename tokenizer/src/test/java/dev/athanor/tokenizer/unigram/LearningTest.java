package dev.athanor.tokenizer.unigram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.tokenizer.TextNormalizer;
import dev.athanor.tokenizer.WordOptions;
import dev.athanor.tokenizer.WordRules;
import dev.athanor.tokenizer.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The trainer's steps, each against its definition.
class LearningTest {
  private static final WordRules RULES = new WordRules(TextNormalizer.NONE, false, true, true, false, false, 5);

  private static Words words(String text) {
    WordOptions options = new WordOptions(500, List.of("</s>"), RULES, 1, "", false, 2);
    return Words.count(List.of(text).iterator(), options, "", Progress.silent());
  }

  private static String random(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("aaabbc  d".charAt(random.nextInt(9)));
    }
    return text.toString();
  }

  private static <T> T parallel(Function<Parallel, T> work) {
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      return work.apply(new Parallel(executor, 3));
    }
  }

  private static Map<String, Long> counts(Words words) {
    Map<String, Long> counts = new HashMap<>();
    for (int w = 0; w < words.size(); w++) {
      counts.put(words.text(words.start(w), words.start(w + 1) - 1 - words.start(w)), words.count(w));
    }
    return counts;
  }

  private static String text(Words words, Pieces pieces, int i) {
    return words.text(pieces.at()[i], pieces.lengths()[i]);
  }

  /// Substrings that come at least twice and not always before the same character, and not in one word alone but as the whole of it.
  private static Map<String, Long> seeds(Map<String, Long> counts) {
    Map<String, Long> weights = new TreeMap<>();
    Map<String, Set<String>> followers = new HashMap<>();
    Map<String, Integer> places = new HashMap<>();
    counts.forEach(
        (word, count) -> {
          for (int i = 0; i < word.length(); i++) {
            for (int j = i + 1; j <= word.length(); j++) {
              String part = word.substring(i, j);
              weights.merge(part, count, Long::sum);
              places.merge(part, 1, Integer::sum);
              followers.computeIfAbsent(part, _ -> new HashSet<>()).add(j == word.length() ? "end" : word.substring(j, j + 1));
            }
          }
        });
    Map<String, Long> seeds = new TreeMap<>();
    weights.forEach(
        (part, weight) -> {
          Set<String> next = followers.getOrDefault(part, Set.of());
          boolean branches = next.size() > 1 || next.contains("end");
          boolean shared = places.getOrDefault(part, 0) > 1 || counts.containsKey(part);
          if (part.length() == 1) {
            seeds.put(part, Math.max(1, weight));
          } else if (branches && shared && weight > 1 && RULES.isPiece(part)) {
            seeds.put(part, weight * part.length());
          }
        });
    return seeds;
  }

  @Test
  void seeds_randomWords_areTheNodesOfTheirSuffixTree() {
    for (int seed = 0; seed < 30; seed++) {
      Words words = words(random(new Random(seed), 400));
      Pieces pieces = SeedPieces.of(words, RULES, 1_000_000, 2);
      Map<String, Long> expected = seeds(counts(words));
      double sum = expected.values().stream().mapToLong(n -> n).sum();
      Map<String, Double> found = new TreeMap<>();
      IntStream.range(0, pieces.size()).forEach(i -> found.put(text(words, pieces, i), pieces.scores()[i]));
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      assertThat(found).hasSize(pieces.size());
      found.forEach((text, score) -> assertThat(score).as(text).isCloseTo(Math.log(expected.getOrDefault(text, 0L) / sum), within(1e-9)));
    }
  }

  @Test
  void seeds_fewerThanThereAre_areThoseThatCoverTheMost() {
    Words words = words(random(new Random(1), 900));
    Map<String, Long> expected = seeds(counts(words));
    long characters = expected.keySet().stream().filter(text -> text.length() == 1).count();
    for (int most : new int[] {0, 1, 7, 30}) {
      Pieces pieces = SeedPieces.of(words, RULES, most, 1);
      assertThat(pieces.size()).isEqualTo(characters + most);
      List<Long> best = expected.entrySet().stream().filter(e -> e.getKey().length() > 1).map(Map.Entry::getValue).sorted((a, b) -> Long.compare(b, a)).limit(most).toList();
      assertThat(IntStream.range(0, pieces.size()).mapToObj(i -> text(words, pieces, i)).filter(text -> text.length() > 1).map(expected::get).sorted((a, b) -> Long.compare(b, a)).toList())
          .isEqualTo(best);
    }
  }

  private static UnigramModel model(Words words, Pieces pieces) {
    List<UnigramModel.Piece> list = new ArrayList<>();
    IntStream.range(0, pieces.size()).forEach(i -> list.add(new UnigramModel.Piece(text(words, pieces, i), pieces.scores()[i])));
    return UnigramModel.of(list, false);
  }

  @Test
  void expectation_randomWords_isTheSumOfTheirLattices() {
    // The second text's words reach beyond what doubles hold: 250 symbols, each of them rare.
    for (String text : List.of(random(new Random(5), 3000), "z".repeat(250) + " " + random(new Random(6), 60_000))) {
      Words words = words(text);
      Pieces seeds = SeedPieces.of(words, RULES, 40, 1);
      double[] scores = seeds.scores().clone();
      for (int i = 0; i < scores.length; i++) {
        scores[i] = text(words, seeds, i).contains("z") ? -20 : scores[i];
      }
      Pieces pieces = new Pieces(seeds.at(), seeds.lengths(), scores);
      double[] found = parallel(parallel -> Expectation.of(words, pieces, parallel));
      UnigramModel model = model(words, pieces);
      double[] expected = new double[pieces.size()];
      counts(words).forEach(
          (word, count) -> {
            double[] one = new UnigramLattice(model, word).expected();
            for (int i = 0; i < expected.length; i++) {
              expected[i] += count * one[i + 1];
            }
          });
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).as(text(words, pieces, i)).isCloseTo(expected[i], within(1e-6 * Math.max(1, expected[i])));
      }
      assertThat(Arrays.stream(found).max().orElseThrow()).isGreaterThan(100);
    }
  }

  @Test
  void expectation_repeated_raisesTheLikelihood() {
    Words words = words(random(new Random(9), 4000));
    Pieces pieces = SeedPieces.of(words, RULES, 200, 1);
    double before = likelihood(words, pieces);
    for (int turn = 0; turn < 6; turn++) {
      Pieces current = pieces;
      double[] expected = parallel(parallel -> Expectation.of(words, current, parallel));
      double sum = Arrays.stream(expected).sum();
      pieces = new Pieces(pieces.at(), pieces.lengths(), Arrays.stream(expected).map(e -> Math.log(Math.max(e, 1e-30) / sum)).toArray());
      double after = likelihood(words, pieces);
      assertThat(after).isGreaterThanOrEqualTo(before - 1e-3);
      before = after;
    }
  }

  private static double likelihood(Words words, Pieces pieces) {
    UnigramModel model = model(words, pieces);
    return counts(words).entrySet().stream().mapToDouble(e -> e.getValue() * new UnigramLattice(model, e.getKey()).logProbability()).sum();
  }

  @Test
  void prune_pieces_keepsCharactersAndThoseWhoseLossIsTheLargest() {
    Words words = words(random(new Random(4), 5000));
    Pieces seeds = SeedPieces.of(words, RULES, 150, 1);
    Pieces pieces = new Pieces(seeds.at(), seeds.lengths(), seeds.scores());
    Map<String, Double> losses = losses(words, pieces);
    int target = 60;
    Pieces kept = parallel(parallel -> Pruning.prune(words, pieces, target, 0, parallel));
    Set<String> texts = new HashSet<>();
    IntStream.range(0, kept.size()).forEach(i -> texts.add(text(words, kept, i)));
    assertThat(texts).hasSize(target).contains("a", "b", "c", "d", "▁");
    double least = losses.entrySet().stream().filter(e -> texts.contains(e.getKey())).mapToDouble(Map.Entry::getValue).min().orElseThrow();
    double most = losses.entrySet().stream().filter(e -> !texts.contains(e.getKey())).mapToDouble(Map.Entry::getValue).max().orElseThrow();
    assertThat(least).isGreaterThanOrEqualTo(most - 1e-12);
    assertThat(parallel(parallel -> Pruning.prune(words, pieces, 60, 140, parallel)).size()).isEqualTo(140);
  }

  /// By the formula, on strings; useless pieces have a loss below all others, characters have none.
  private static Map<String, Double> losses(Words words, Pieces pieces) {
    UnigramModel model = model(words, pieces);
    Map<String, Double> counts = new HashMap<>();
    counts(words).forEach((word, count) -> new UnigramLattice(model, word).best().pieces().forEach(piece -> counts.merge(piece, (double) count, Double::sum)));
    double all = counts.values().stream().mapToDouble(c -> c).sum();
    Map<String, Double> losses = new HashMap<>();
    for (UnigramModel.Piece piece : model.vocabulary().subList(1, model.vocabulary().size())) {
      if (piece.text().length() == 1) {
        continue;
      }
      List<UnigramLattice.Segmentation> two = new UnigramLattice(model, piece.text()).best(2);
      double count = counts.getOrDefault(piece.text(), 0.0);
      if (count == 0 || two.getFirst().pieces().size() > 1) {
        losses.put(piece.text(), -1e9);
        continue;
      }
      List<String> others = two.get(1).pieces();
      double after = Math.log(all + count * (others.size() - 1));
      double without = others.stream().mapToDouble(other -> Math.log(counts.getOrDefault(other, 0.0) + count) - after).sum();
      losses.put(piece.text(), count / all * (Math.log(count / all) - without));
    }
    return losses;
  }
}
