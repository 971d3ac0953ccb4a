package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NgramEmbeddingTest {
  private static final NgramEmbedding NGRAMS = new NgramEmbedding(List.of(2, 4), 1 << 16, 8);

  private static int row(int order, int position, int... ids) {
    return NGRAMS.row(order, at -> ids[at], position);
  }

  @Test
  void row_dependsOnTheLastTokensOnly() {
    assertThat(row(2, 3, 7, 8, 5, 6)).isEqualTo(row(2, 2, 1, 5, 6)).isEqualTo(row(2, 1, 5, 6));
    assertThat(row(2, 1, 5, 6)).isNotEqualTo(row(2, 1, 6, 5)).isNotEqualTo(row(2, 1, 4, 6));
    assertThat(row(4, 3, 1, 2, 3, 4)).isNotEqualTo(row(4, 3, 2, 2, 3, 4));
  }

  @Test
  void row_beforeTheBeginning_isATokenOfItsOwn() {
    assertThat(row(2, 0, 5)).isNotEqualTo(row(2, 1, 0, 5));
    assertThat(row(4, 1, 5, 6)).isNotEqualTo(row(2, 1, 5, 6));
  }

  @Test
  void row_spreadsOverTheTable() {
    Set<Integer> rows = new HashSet<>();
    for (int a = 0; a < 128; a++) {
      for (int b = 0; b < 128; b++) {
        rows.add(row(2, 1, a, b));
      }
    }
    // n balls in m = 4 n bins fill m (1 − e^(−1/4)) = 0.885 n of them.
    assertThat(rows.size()).isBetween(14_300, 14_700);
    assertThat(rows).allMatch(row -> row >= 0 && row < NGRAMS.rows());
  }

  @Test
  void parameters_countTablesApart() {
    DecoderSpec plain =
        DecoderSpec.uniform(
            100,
            32,
            2,
            64,
            new Mixer.Attention(4, 2, 8, new Rope(10_000), true, false),
            new FeedForward.Gated(48),
            new Norm.Rms(1e-6),
            true);
    DecoderSpec with = plain.with(Optional.of(NGRAMS), Optional.empty());
    long projection = 2 * 8 * 32;
    assertThat(with.denseParameters()).isEqualTo(plain.parameters() + projection);
    assertThat(with.parameters()).isEqualTo(plain.parameters() + projection + 2L * (1 << 16) * 8);
    assertThat(with.trainingFlopsPerToken(64)).isEqualTo(plain.trainingFlopsPerToken(64) + 6.0 * projection);
    assertThat(WeightNames.weights(with).stream().mapToLong(w -> volume(w.shape())).sum()).isEqualTo(with.parameters());
  }

  private static long volume(long[] shape) {
    long volume = 1;
    for (long size : shape) {
      volume *= size;
    }
    return volume;
  }

  @Test
  void construction_impossibleOrders_areRefused() {
    for (List<Integer> orders : List.of(List.<Integer>of(), List.of(1), List.of(3, 2), List.of(2, 9))) {
      assertThatThrownBy(() -> new NgramEmbedding(orders, 10, 8)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
