package dev.athanor.data.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.SplitMix64;
import dev.athanor.data.spill.Workers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnionFindTest {
  @TempDir Path folder;

  @Test
  void join_byAnyThreads_theSmallestLeads() {
    int members = 50_000;
    int[] plain = new int[members];
    for (int i = 0; i < members; i++) {
      plain[i] = i;
    }
    long[] pairs = pairs(members);
    for (long pair : pairs) {
      int a = root(plain, (int) (pair >>> 32));
      int b = root(plain, (int) pair);
      plain[Math.max(a, b)] = Math.min(a, b);
    }
    for (long memory : new long[] {1, 1 << 30}) {
      try (var groups = new UnionFind(members, CorpusRun.workspace(folder, memory, 4), "t")) {
        Workers.each(4, 40, part -> {
          for (int i = part; i < pairs.length; i += 40) {
            groups.join(pairs[i] >>> 32, pairs[i] & 0xffff_ffffL);
          }
        });
        for (int i = 0; i < members; i++) {
          assertThat(groups.leader(i)).isEqualTo(root(plain, i));
        }
      }
    }
  }

  private static int root(int[] parents, int member) {
    int at = member;
    while (parents[at] != at) {
      at = parents[at];
    }
    return at;
  }

  private static long[] pairs(int members) {
    var random = new SplitMix64(1);
    var pairs = new long[members / 3 * 2];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = ((long) random.below(members) << 32) | random.below(members);
    }
    return pairs;
  }

  @Test
  void numberSet_ranks_areTheNumbersBelow() {
    var set = new NumberSet(10_000);
    var random = new SplitMix64(2);
    boolean[] plain = new boolean[10_000];
    for (int i = 0; i < 3000; i++) {
      int number = random.below(10_000);
      plain[number] = true;
      set.add(number);
    }
    set.count();
    int below = 0;
    for (int i = 0; i < plain.length; i++) {
      assertThat(set.contains(i)).isEqualTo(plain[i]);
      assertThat(set.rank(i)).isEqualTo(below);
      below += plain[i] ? 1 : 0;
    }
  }
}
