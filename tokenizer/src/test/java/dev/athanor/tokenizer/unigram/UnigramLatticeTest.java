package dev.athanor.tokenizer.unigram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UnigramLatticeTest {
  private record Path(List<String> pieces, double score) {}

  private static UnigramModel model(long seed) {
    Random random = new Random(seed);
    TreeSet<String> texts = new TreeSet<>(List.of("a", "b", "中"));
    while (texts.size() < 14) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        text.append("ab中".charAt(random.nextInt(3)));
      }
      texts.add(text.toString());
    }
    List<UnigramModel.Piece> pieces = new ArrayList<>();
    texts.forEach(text -> pieces.add(new UnigramModel.Piece(text, -1 - 4 * random.nextDouble())));
    return UnigramModel.of(pieces, false);
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("ab中".charAt(random.nextInt(3)));
    }
    return text.toString();
  }

  /// Every segmentation by its definition.
  private static List<Path> all(UnigramModel model, String text) {
    if (text.isEmpty()) {
      return List.of(new Path(List.of(), 0));
    }
    List<Path> paths = new ArrayList<>();
    for (UnigramModel.Piece piece : model.vocabulary()) {
      if (text.startsWith(piece.text())) {
        for (Path rest : all(model, text.substring(piece.text().length()))) {
          List<String> pieces = new ArrayList<>(List.of(piece.text()));
          pieces.addAll(rest.pieces);
          paths.add(new Path(pieces, piece.score() + rest.score));
        }
      }
    }
    return paths;
  }

  @Test
  void best_randomModels_areTheDefinitionsInOrder() {
    for (int seed = 0; seed < 40; seed++) {
      UnigramModel model = model(seed);
      String text = text(new Random(seed), 9);
      List<Path> paths = new ArrayList<>(all(model, text));
      paths.sort(Comparator.comparingDouble(path -> -path.score));
      UnigramLattice lattice = new UnigramLattice(model, text);
      List<UnigramLattice.Segmentation> found = lattice.best(Integer.MAX_VALUE);
      assertThat(found).hasSameSizeAs(paths);
      for (int i = 0; i < paths.size(); i++) {
        assertThat(found.get(i).score()).isCloseTo(paths.get(i).score, within(1e-9));
      }
      assertThat(new TreeSet<>(found.stream().map(s -> s.pieces().toString()).toList()))
          .isEqualTo(new TreeSet<>(paths.stream().map(p -> p.pieces.toString()).toList()))
          .hasSameSizeAs(paths);
      assertThat(lattice.best(3)).isEqualTo(found.subList(0, Math.min(3, found.size())));
      // The same pieces in another order are as likely.
      assertThat(lattice.best().score()).isCloseTo(found.getFirst().score(), within(1e-9));
      assertThat(String.join("", lattice.best().pieces())).isEqualTo(text);
      assertThat(lattice.best().ids().stream().map(id -> model.vocabulary().get(id).text()).toList()).isEqualTo(lattice.best().pieces());
    }
  }

  @Test
  void expected_randomModels_areTheDefinitions() {
    for (int seed = 0; seed < 40; seed++) {
      UnigramModel model = model(seed);
      String text = text(new Random(seed + 100), 8);
      Map<String, Double> expected = new HashMap<>();
      double sum = 0;
      for (Path path : all(model, text)) {
        sum += Math.exp(path.score);
        path.pieces.forEach(piece -> expected.merge(piece, Math.exp(path.score), Double::sum));
      }
      UnigramLattice lattice = new UnigramLattice(model, text);
      assertThat(lattice.logProbability()).isCloseTo(Math.log(sum), within(1e-9));
      double[] counts = lattice.expected();
      for (int id = 0; id < counts.length; id++) {
        assertThat(counts[id]).isCloseTo(expected.getOrDefault(model.vocabulary().get(id).text(), 0.0) / sum, within(1e-9));
      }
    }
  }

  @Test
  void sample_manyTimes_hasTheExactDistribution() {
    for (double alpha : new double[] {0, 0.3, 1}) {
      UnigramModel model = model(21);
      String text = text(new Random(21), 8);
      Map<String, Double> shares = new TreeMap<>();
      double sum = 0;
      for (Path path : all(model, text)) {
        shares.put(path.pieces.toString(), Math.exp(alpha * path.score));
        sum += Math.exp(alpha * path.score);
      }
      assertThat(shares).hasSizeGreaterThan(5);
      UnigramLattice lattice = new UnigramLattice(model, text);
      SplittableRandom random = new SplittableRandom(42);
      int samples = 200_000;
      Map<String, Integer> seen = new HashMap<>();
      for (int i = 0; i < samples; i++) {
        seen.merge(lattice.sample(alpha, random).pieces().toString(), 1, Integer::sum);
      }
      assertThat(shares.keySet()).containsAll(seen.keySet());
      double chi = 0;
      for (Map.Entry<String, Double> share : shares.entrySet()) {
        double expected = share.getValue() / sum * samples;
        double off = seen.getOrDefault(share.getKey(), 0) - expected;
        chi += off * off / expected;
      }
      // The chi-squared distribution's mean is its degrees of freedom, its deviation √(2·degrees): four of them are 1 in 10,000.
      double degrees = shares.size() - 1;
      assertThat(chi).as("alpha %s, %s degrees", alpha, degrees).isLessThan(degrees + 4 * Math.sqrt(2 * degrees));
    }
  }

  @Test
  void sample_sameSeed_isTheSame_andALargeAlphaGivesTheBest() {
    UnigramModel model = model(3);
    UnigramLattice lattice = new UnigramLattice(model, "abab中中ab");
    assertThat(lattice.sample(0.2, new SplittableRandom(5))).isEqualTo(lattice.sample(0.2, new SplittableRandom(5)));
    assertThat(lattice.sample(500, new SplittableRandom(1)).score()).isCloseTo(lattice.best().score(), within(1e-9));
  }

  @Test
  void best_unknownCharacters_areOneUnknownTokenOrTheirBytes() {
    List<UnigramModel.Piece> pieces = List.of(new UnigramModel.Piece("a", -1), new UnigramModel.Piece("xy", -2));
    UnigramLattice.Segmentation unknown = new UnigramLattice(UnigramModel.of(pieces, false), "a𠮷xa").best();
    assertThat(unknown.pieces()).containsExactly("a", "𠮷", "x", "a");
    assertThat(unknown.ids()).containsExactly(1, 0, 1);
    UnigramModel bytes = UnigramModel.of(pieces, true);
    assertThat(new UnigramLattice(bytes, "a中").best(9)).singleElement().satisfies(s -> assertThat(s.ids()).containsExactly(257, 1 + 0xE4, 1 + 0xB8, 1 + 0xAD));
    assertThat(new UnigramLattice(bytes, "xya").best().pieces()).containsExactly("xy", "a");
    assertThat(new UnigramLattice(bytes, "").best().ids()).isEmpty();
    assertThat(new UnigramLattice(bytes, "").best(2)).hasSize(1);
    assertThat(new UnigramLattice(bytes, "a\0\uD800").best().pieces()).hasSize(3);
  }

  @Test
  void read_writtenModel_isTheSame_andOthersAreRefused() {
    UnigramModel model = UnigramModel.of(List.of(new UnigramModel.Piece("a", -1.25)), true);
    UnigramModel read = UnigramModel.read(model.json(), "x.json");
    assertThat(read.vocabulary()).isEqualTo(model.vocabulary());
    assertThat(read.json()).isEqualTo(model.json());
    assertThatThrownBy(() -> UnigramModel.read(Json.MAPPER.readTree("{\"type\":\"BPE\",\"vocab\":{}}"), "x.json"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("x.json")
        .hasMessageContaining("BPE");
    assertThatThrownBy(() -> UnigramModel.read(Json.MAPPER.readTree("{\"type\":\"Unigram\",\"unk_id\":3,\"vocab\":[[\"a\",0]]}"), "x.json"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("unk_id 3");
    assertThatThrownBy(() -> UnigramModel.read(Json.MAPPER.readTree("{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[\"a\"]}"), "x.json"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("vocab[0]");
  }
}
