package dev.athanor.data.ngram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GramTableTest {
  @Test
  void add_manyGrams_agreesWithAMap() {
    var random = new Random(5);
    var table = new GramTable();
    Map<List<Integer>, Integer> map = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int prefix = random.nextInt(i % 2 == 0 ? 300 : Integer.MAX_VALUE);
      int token = random.nextInt(50);
      Integer id = map.putIfAbsent(List.of(prefix, token), map.size());
      assertThat(table.add(prefix, token)).isEqualTo(id == null ? map.size() - 1 : id);
    }
    assertThat(table.size()).isEqualTo(map.size());
    map.forEach((gram, id) -> assertThat(table.find(gram.get(0), gram.get(1))).isEqualTo(id));
    assertThat(table.find(17, 60)).isEqualTo(-1);
  }

  @Test
  void forEach_visitsEachGramOnceWithItsPrefix() {
    var table = new GramTable();
    for (int i = 0; i < 5000; i++) {
      table.add(i / 10, i % 10);
    }
    List<Integer> ids = new ArrayList<>();
    table.forEach(
        (prefix, id) -> {
          assertThat(prefix).isEqualTo(id / 10);
          ids.add(id);
        });
    assertThat(ids).hasSize(5000).doesNotHaveDuplicates();
  }
}
