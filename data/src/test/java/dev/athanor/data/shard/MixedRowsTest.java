package dev.athanor.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import dev.athanor.data.RankedRows;
import dev.athanor.data.Rows;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.data.mixture.MixturePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixedRowsTest {
  private static final Mixture MIXTURE =
      new Mixture(
          List.of("source", "language"),
          List.of(
              new Mixture.Rule("web/zh", null, 2.5, null, null),
              new Mixture.Rule("web/*", null, 0.5, null, null),
              new Mixture.Rule("*", 1.0, null, null, null)),
          Map.of(),
          1,
          4,
          null);

  @TempDir Path folder;
  private TokenShards shards;
  private RowsFile file;

  @BeforeEach
  void pack() {
    Shards.write(folder.resolve("shards"), Shards.documents(400, 50, 1), 3000);
    shards = TokenShards.open(folder.resolve("shards"));
    RowsWriter.write(folder.resolve("rows"), shards, 32, Packing.BEST_FIT, 1, Progress.silent());
    file = RowsFile.open(folder.resolve("rows"), shards);
  }

  @AfterEach
  void close() {
    file.close();
    shards.close();
  }

  private MixedRows mixed(Mixture mixture, long seed) {
    return new MixedRows(file, MixturePlan.of(shards.index().groupSizes(), mixture), seed);
  }

  private int group(String name) {
    return shards.index().groups().stream().map(ShardIndex.Group::name).toList().indexOf(name);
  }

  private static List<Integer> row(Rows rows, long index) {
    int[] tokens = new int[rows.length() + 1];
    int[] segments = new int[rows.length()];
    rows.row(index, tokens, segments);
    return IntStream.concat(IntStream.of(tokens), IntStream.of(segments)).boxed().toList();
  }

  private static Map<Long, Integer> counts(MixedRows rows, int group, long from, long to) {
    Map<Long, Integer> counts = new HashMap<>();
    LongStream.range(from, to)
        .mapToObj(rows::origin)
        .filter(origin -> origin.group() == group)
        .forEach(origin -> counts.merge(origin.row(), 1, Integer::sum));
    return counts;
  }

  @Test
  void origin_naturalMixture_takesEveryRowOnceAPassInAnotherOrder() {
    MixedRows rows = mixed(Mixture.NATURAL, 1);
    assertThat(rows.rowsPerPass()).isEqualTo(file.summary().rows());
    for (long pass = 0; pass < 3; pass++) {
      long from = pass * rows.rowsPerPass();
      for (int g = 0; g < 4; g++) {
        assertThat(counts(rows, g, from, from + rows.rowsPerPass()))
            .hasSize((int) file.rows(g))
            .allSatisfy((_, n) -> assertThat(n).isEqualTo(1));
      }
    }
    assertThat(first(rows, 0)).isNotEqualTo(first(rows, rows.rowsPerPass())).isNotEqualTo(first(mixed(Mixture.NATURAL, 2), 0));
  }

  private static List<Long> first(MixedRows rows, long from) {
    return LongStream.range(from, from + 50).mapToObj(rows::origin).map(MixedRows.Origin::row).toList();
  }

  @Test
  void origin_epochsOfGroups_areTakenAndGoOnByThemselves() {
    MixedRows rows = mixed(MIXTURE, 1);
    int twice = group("web/zh");
    int half = group("web/en");
    assertThat(rows.rowsPerPass(twice)).isBetween((long) (2.5 * file.rows(twice)) - 1, (long) (2.5 * file.rows(twice)) + 1);
    assertThat(counts(rows, twice, 0, rows.rowsPerPass()).values()).containsOnly(2, 3);
    assertThat(counts(rows, half, 0, rows.rowsPerPass()).values()).containsOnly(1);
    // Two passes are five epochs of the one and one of the other, to within a row.
    assertThat(counts(rows, twice, 0, 2 * rows.rowsPerPass())).hasSize((int) file.rows(twice));
    assertThat(counts(rows, twice, 0, 2 * rows.rowsPerPass()).values().stream().filter(n -> n != 5).count()).isLessThanOrEqualTo(1);
    assertThat(counts(rows, half, 0, 2 * rows.rowsPerPass()).size()).isBetween((int) file.rows(half) - 1, (int) file.rows(half));
  }

  @Test
  void row_fromAnywhere_isThatOfAnUninterruptedRun() {
    List<List<Integer>> whole = new ArrayList<>();
    MixedRows rows = mixed(MIXTURE, 1);
    long count = 2 * rows.rowsPerPass();
    LongStream.range(0, count).forEach(i -> whole.add(row(rows, i)));
    MixedRows fresh = mixed(MIXTURE, 1);
    for (int i = (int) count - 1; i >= 0; i -= 3) {
      assertThat(row(fresh, i)).isEqualTo(whole.get(i));
    }
    assertThat(LongStream.range(0, count).parallel().mapToObj(i -> row(rows, i)).toList()).isEqualTo(whole);
  }

  /// Three ranks, then two from the middle of an epoch, then five: nothing is lost or repeated.
  @Test
  void rankedRows_worldOfAnotherSize_goesOnInTheSameOrder() {
    MixedRows rows = mixed(MIXTURE, 1);
    List<List<Integer>> whole = LongStream.range(0, 60 + 40 + 50).mapToObj(i -> row(rows, i)).toList();
    List<List<Integer>> seen = new ArrayList<>();
    long from = 0;
    for (int[] world : new int[][] {{3, 20}, {2, 20}, {5, 10}}) {
      for (int step = 0; step < world[1]; step++) {
        for (int rank = 0; rank < world[0]; rank++) {
          seen.add(row(new RankedRows(rows, rank, world[0], from), step));
        }
      }
      from += (long) world[0] * world[1];
    }
    assertThat(seen).isEqualTo(whole);
  }
}
