package dev.athanor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PermutationTest {
  @Test
  void at_allPlaces_givesEveryNumberOnce() {
    for (int size : new int[] {1, 2, 3, 4, 5, 7, 16, 17, 64, 65, 1000, 4096, 4097, 70_001}) {
      for (long seed = 0; seed < 3; seed++) {
        var permutation = new Permutation(size, seed);
        var seen = new BitSet(size);
        for (int i = 0; i < size; i++) {
          seen.set((int) permutation.at(i));
        }
        assertThat(seen.cardinality()).as("size %d", size).isEqualTo(size);
        assertThat(seen.length()).isEqualTo(size);
      }
    }
  }

  @Test
  void at_anotherSeed_givesAnotherOrder() {
    assertThat(order(1000, 1)).isNotEqualTo(order(1000, 2)).isEqualTo(order(1000, 1));
  }

  /// Chi-squared of where the first number goes, over 16 000 seeds and 16 places: 15 degrees of freedom, 37.7 at one in a thousand.
  @Test
  void at_manySeeds_reachesEveryPlaceEquallyOften() {
    for (int size : new int[] {3, 16}) {
      int[] counts = new int[size];
      int seeds = 1000 * size;
      for (int seed = 0; seed < seeds; seed++) {
        counts[(int) new Permutation(size, seed).at(0)]++;
      }
      double chi = Arrays.stream(counts).mapToDouble(count -> (count - 1000.0) * (count - 1000.0) / 1000).sum();
      assertThat(chi).as("size %d", size).isLessThan(37.7);
    }
  }

  /// Neighbours must not stay neighbours: of n numbers about two are followed by the next one by chance.
  @Test
  void at_neighbours_areTornApart() {
    long[] order = order(100_000, 7);
    long followed = 0;
    for (int i = 1; i < order.length; i++) {
      followed += Math.abs(order[i] - order[i - 1]) == 1 ? 1 : 0;
    }
    assertThat(followed).isLessThan(15);
    double meanMove = 0;
    for (int i = 0; i < order.length; i++) {
      meanMove += Math.abs(order[i] - i) / (double) order.length;
    }
    assertThat(meanMove / order.length).isBetween(0.32, 0.35);
  }

  @Test
  void at_hugeSize_staysInside() {
    long size = (1L << 61) + 12345;
    var permutation = new Permutation(size, 3);
    assertThat(LongStream.range(0, 10_000).map(i -> permutation.at(i * 1_000_003)).distinct().count()).isEqualTo(10_000);
    assertThat(permutation.at(size - 1)).isBetween(0L, size - 1);
    assertThatThrownBy(() -> permutation.at(size)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static long[] order(int size, long seed) {
    var permutation = new Permutation(size, seed);
    return LongStream.range(0, size).map(permutation::at).toArray();
  }
}
