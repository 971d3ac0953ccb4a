package dev.athanor.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BestFitTest {
  /// The plain way: sorted, and all rows looked at for each piece. How full the rows are does not depend on which of equally full ones
  /// is taken.
  private static int[] plainlyFilled(int[] lengths, int capacity) {
    int[] sorted = lengths.clone();
    Arrays.sort(sorted);
    int[] filled = new int[lengths.length];
    int rows = 0;
    for (int i = sorted.length - 1; i >= 0; i--) {
      int best = -1;
      for (int row = 0; row < rows; row++) {
        if (filled[row] + sorted[i] <= capacity && (best < 0 || filled[row] > filled[best])) {
          best = row;
        }
      }
      filled[best < 0 ? rows++ : best] += sorted[i];
    }
    int[] all = Arrays.copyOf(filled, rows);
    Arrays.sort(all);
    return all;
  }

  @Test
  void of_randomPieces_fillsRowsAsThePlainWay() {
    Random random = new Random(3);
    for (int trial = 0; trial < 300; trial++) {
      int capacity = 1 + random.nextInt(trial % 3 == 0 ? 10_000 : 150);
      int[] lengths = random.ints(1 + random.nextInt(200), 1, capacity + 1).map(n -> trial(n)).toArray();
      BestFit packed = BestFit.of(lengths, lengths.length, capacity);
      int[] filled = new int[packed.rows()];
      var seen = new BitSet();
      for (int row = 0; row < packed.rows(); row++) {
        for (int piece = packed.firstOf(row); piece >= 0; piece = packed.after(piece)) {
          filled[row] += lengths[piece];
          assertThat(seen.get(piece)).isFalse();
          seen.set(piece);
        }
      }
      assertThat(seen.cardinality()).isEqualTo(lengths.length);
      Arrays.sort(filled);
      assertThat(filled).isEqualTo(plainlyFilled(lengths, capacity));
    }
  }

  /// Short ones more often, as documents are.
  private static int trial(int length) {
    return length % 2 == 0 ? Math.max(1, length / 7) : length;
  }

  @Test
  void atLeast_anySet_isATreeSets() {
    Random random = new Random(4);
    for (int size : new int[] {1, 63, 64, 65, 4096, 4097, 300_000}) {
      var rooms = new BestFit.Rooms(size);
      var oracle = new TreeSet<Integer>();
      for (int i = 0; i < 3000; i++) {
        int number = random.nextInt(size);
        if (random.nextBoolean()) {
          rooms.set(number);
          oracle.add(number);
        } else {
          rooms.clear(number);
          oracle.remove(number);
        }
        int asked = random.nextInt(size);
        Integer ceiling = oracle.ceiling(asked);
        assertThat(rooms.atLeast(asked)).isEqualTo(ceiling == null ? -1 : ceiling);
      }
    }
  }
}
