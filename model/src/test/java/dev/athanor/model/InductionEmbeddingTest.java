package dev.athanor.model;

import static dev.athanor.model.InductionEmbedding.NONE;
import static dev.athanor.model.InductionEmbedding.follower;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InductionEmbeddingTest {
  @Test
  void follower_latestOccurrence_isTaken() {
    int[] ids = {1, 2, 3, 1, 2, 4, 1, 2};
    assertThat(follower(ids, 0, 7, 2)).isEqualTo(4);
    assertThat(follower(ids, 0, 4, 2)).isEqualTo(3);
    assertThat(follower(ids, 0, 7, 3)).isEqualTo(NONE);
    assertThat(follower(ids, 0, 1, 1)).isEqualTo(NONE);
    assertThat(follower(ids, 0, 0, 1)).isEqualTo(NONE);
  }

  @Test
  void follower_ofARepeatedToken_isThatToken() {
    assertThat(follower(new int[] {5, 5, 5}, 0, 1, 1)).isEqualTo(5);
    assertThat(follower(new int[] {5, 5, 5}, 0, 2, 2)).isEqualTo(5);
    assertThat(follower(new int[] {5, 5}, 0, 1, 2)).isEqualTo(NONE);
  }

  @Test
  void follower_sequenceThatBeginsLater_doesNotLookBeforeIt() {
    assertThat(follower(new int[] {1, 2, 9, 1, 2}, 2, 4, 1)).isEqualTo(NONE);
    assertThat(follower(new int[] {1, 2, 1}, 0, 2, 1)).isEqualTo(2);
    assertThat(follower(new int[] {1, 2, 1}, 1, 2, 1)).isEqualTo(NONE);
  }

  @Test
  void follower_laterTokens_neverMatter() {
    Random random = new Random(1);
    int[] ids = random.ints(200, 0, 6).toArray();
    for (int order = 1; order <= 4; order++) {
      for (int position = 0; position < 199; position++) {
        int before = follower(ids, 0, position, order);
        int[] changed = ids.clone();
        for (int later = position + 1; later < 200; later++) {
          changed[later] = random.nextInt(6);
        }
        assertThat(follower(changed, 0, position, order)).isEqualTo(before);
      }
    }
  }

  @Test
  void construction_impossibleOrders_areRefused() {
    for (List<Integer> orders : List.of(List.<Integer>of(), List.of(0), List.of(3, 2), List.of(2, 17))) {
      assertThatThrownBy(() -> new InductionEmbedding(orders)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
