package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Each draw against the distribution that it states. The limits of χ² are those that it stays below with probability 0.999.
class ChanceTest {
  private static final int DRAWS = 60_000;

  private static double chiSquare(int kinds, Supplier<int[]> draw) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < DRAWS; i++) {
      counts.merge(Arrays.toString(draw.get()), 1, Integer::sum);
    }
    assertThat(counts).hasSize(kinds);
    double expected = (double) DRAWS / kinds;
    return counts.values().stream().mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
  }

  @Test
  void sample_threeOfSix_givesEachOfTwentySetsAlike() {
    Chance chance = Chance.of(1, 2);
    assertThat(chiSquare(20, () -> chance.sample(3, 6))).isLessThan(43.8);
  }

  @Test
  void permutation_ofFour_givesEachOf24OrdersAlike() {
    Chance chance = Chance.of(1, 3);
    assertThat(chiSquare(24, () -> chance.permutation(4))).isLessThan(49.7);
  }

  /// Seven items in three parts: 6 · 5 / 2 = 15 ways to cut.
  @Test
  void partition_sevenInThree_givesEachOfFifteenAlike() {
    Chance chance = Chance.of(1, 4);
    assertThat(
            chiSquare(
                15,
                () -> {
                  int[] lengths = chance.partition(7, 3);
                  assertThat(Arrays.stream(lengths).min().orElse(0)).isPositive();
                  assertThat(Arrays.stream(lengths).sum()).isEqualTo(7);
                  return lengths;
                }))
        .isLessThan(36.1);
  }

  @Test
  void partition_edges_areOnePartAndPartsOfOne() {
    Chance chance = Chance.of(0, 0);
    assertThat(chance.partition(5, 1)).containsExactly(5);
    assertThat(chance.partition(4, 4)).containsExactly(1, 1, 1, 1);
    assertThat(chance.partition(1, 1)).containsExactly(1);
  }

  /// P(k) = e^−3 · 3^k / k!, for k = 0 … 8 and above: χ² of 9 degrees of freedom.
  @Test
  void poisson_ofThree_followsTheFormula() {
    Chance chance = Chance.of(5, 1);
    int[] counts = new int[10];
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
      int k = chance.poisson(3);
      sum += k;
      counts[Math.min(k, 9)]++;
    }
    double chiSquare = 0;
    double rest = 1;
    double p = Math.exp(-3);
    for (int k = 0; k < 9; k++) {
      chiSquare += Math.pow(counts[k] - DRAWS * p, 2) / (DRAWS * p);
      rest -= p;
      p *= 3.0 / (k + 1);
    }
    chiSquare += Math.pow(counts[9] - DRAWS * rest, 2) / (DRAWS * rest);
    assertThat(chiSquare).isLessThan(27.9);
    // σ of the mean is √(3 / 60 000) = 0.007.
    assertThat(sum / DRAWS).isCloseTo(3, within(0.03));
  }

  /// 0.15 of 10 is one or two, 1.5 on average; σ of the mean over 60 000 draws is 0.002.
  @Test
  void share_ofFewItems_isRoundedSoThatTheMeanIsExact() {
    Chance chance = Chance.of(5, 2);
    double mean = IntStream.range(0, DRAWS).map(_ -> chance.share(0.15, 10)).average().orElse(0);
    assertThat(mean).isCloseTo(1.5, within(0.01));
    assertThat(IntStream.range(0, 1000).map(_ -> chance.share(0.15, 10)).distinct().boxed()).containsExactlyInAnyOrder(1, 2);
    assertThat(IntStream.range(0, 1000).map(_ -> chance.share(0, 10)).distinct().boxed()).containsExactly(0);
    assertThat(IntStream.range(0, 1000).map(_ -> chance.share(1, 10)).distinct().boxed()).containsExactly(10);
  }

  @Test
  void of_neighbouringSeedsAndNumbers_haveNothingInCommon() {
    long distinct =
        IntStream.range(0, 100)
            .boxed()
            .flatMap(seed -> IntStream.range(0, 100).mapToObj(number -> Chance.of(seed, number).uniform()))
            .distinct()
            .count();
    assertThat(distinct).isEqualTo(10_000);
    assertThat(Chance.of(3, 4).uniform()).isEqualTo(Chance.of(3, 4).uniform());
  }
}
