package dev.athanor.data.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InterleavingTest {
  /// The plain way: all things by (k + ½)/n, compared as fractions, then by group.
  private static List<Interleaving.Place> sorted(long[] counts) {
    List<Interleaving.Place> all = new ArrayList<>();
    for (int g = 0; g < counts.length; g++) {
      for (long k = 0; k < counts[g]; k++) {
        all.add(new Interleaving.Place(g, k));
      }
    }
    all.sort(
        Comparator.<Interleaving.Place>comparingDouble(p -> (2 * p.turn() + 1) / (double) counts[p.group()])
            .thenComparingInt(Interleaving.Place::group));
    return all;
  }

  @Test
  void at_randomCounts_isTheSortByPlaceOnTheWay() {
    Random random = new Random(1);
    for (int trial = 0; trial < 60; trial++) {
      long[] counts = random.longs(1 + random.nextInt(6), 0, 60).toArray();
      counts[0]++;
      var interleaving = new Interleaving(counts);
      List<Interleaving.Place> places = new ArrayList<>();
      for (long i = 0; i < interleaving.size(); i++) {
        places.add(interleaving.at(i));
      }
      assertThat(places).as("%s", (Object) counts).isEqualTo(sorted(counts));
    }
  }

  @Test
  void at_anyPrefix_holdsTheGroupsByTheirCounts() {
    long[] counts = {7_000, 2_000, 999, 1};
    var interleaving = new Interleaving(counts);
    long[] seen = new long[counts.length];
    for (long i = 0; i < interleaving.size(); i++) {
      seen[interleaving.at(i).group()]++;
      for (int g = 0; g < counts.length; g++) {
        assertThat(Math.abs(seen[g] - (i + 1.0) * counts[g] / interleaving.size())).isLessThan(2.5);
      }
    }
    assertThat(seen).isEqualTo(counts);
  }

  @Test
  void at_hugeCounts_isRightFarOut() {
    var interleaving = new Interleaving(new long[] {1L << 60, 1L << 60});
    long place = (1L << 60) + 12;
    assertThat(interleaving.at(place)).isEqualTo(new Interleaving.Place(0, place / 2));
    assertThat(interleaving.at(place + 1)).isEqualTo(new Interleaving.Place(1, place / 2));
  }

  @Test
  void new_nothing_isRefused() {
    assertThatThrownBy(() -> new Interleaving(new long[] {0, 0})).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Interleaving(new long[] {1, -1})).isInstanceOf(IllegalArgumentException.class);
  }
}
