package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.UserException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SpanNoiseTest {
  /// The figures of the published code for T5's own settings: 568 tokens make sources of 512 and targets of 114.
  @Test
  void rowLength_publishedSettings_areThePublishedLengths() {
    assertThat(SpanNoise.T5.rowLength(512)).isEqualTo(568);
    assertThat(SpanNoise.T5.counts(568).source()).isEqualTo(512);
    assertThat(SpanNoise.T5.counts(568).target()).isEqualTo(114);
    assertThat(SpanNoise.T5.counts(568).spans()).isEqualTo(28);
  }

  @Test
  void rowLength_anySettings_fillsTheContextAndNothingShorterExceedsIt() {
    for (double density : new double[] {0, 0.01, 0.15, 0.5, 0.9, 1}) {
      for (double meanSpan : new double[] {1, 1.5, 3, 10, 1000}) {
        SpanNoise noise = new SpanNoise(density, meanSpan);
        for (int context : new int[] {3, 4, 7, 64, 511}) {
          int length = noise.rowLength(context);
          SpanNoise.Counts next = noise.counts(length + 1);
          assertThat(Math.max(next.source(), next.target())).isGreaterThan(context);
          for (int shorter = 0; shorter <= length; shorter++) {
            SpanNoise.Counts counts = noise.counts(shorter);
            assertThat(counts.source()).isLessThanOrEqualTo(context);
            assertThat(counts.target()).isLessThanOrEqualTo(context);
            assertThat(counts.spans()).isLessThanOrEqualTo(noise.counts(length).spans());
          }
        }
      }
    }
  }

  @Test
  void rowLength_contextOfTwo_saysWhatWouldWork() {
    assertThatThrownBy(() -> SpanNoise.T5.rowLength(2)).isInstanceOf(UserException.class).hasMessageContaining("at least 3");
    assertThat(SpanNoise.T5.rowLength(3)).isGreaterThanOrEqualTo(2);
  }

  @Test
  void mask_anyLength_hasTheCountsAndAlternatesFromKeptToNoise() {
    for (double density : new double[] {0.15, 0.5, 0.95, 1}) {
      SpanNoise noise = new SpanNoise(density, 2);
      Chance chance = Chance.of(1, 1);
      for (int length = 2; length < 120; length++) {
        boolean[] mask = noise.mask(length, chance);
        int tokens = 0;
        int spans = 0;
        for (int i = 0; i < length; i++) {
          tokens += mask[i] ? 1 : 0;
          spans += mask[i] && !mask[i - 1] ? 1 : 0;
        }
        assertThat(mask[0]).isFalse();
        assertThat(mask[length - 1]).isTrue();
        assertThat(tokens).isEqualTo(noise.counts(length).noise());
        assertThat(spans).isEqualTo(noise.counts(length).spans());
      }
    }
  }

  @Test
  void counts_fewTokens_keepOneAndLoseOne() {
    assertThat(SpanNoise.T5.counts(0)).isEqualTo(new SpanNoise.Counts(0, 0, 0));
    assertThat(SpanNoise.T5.counts(1)).isEqualTo(new SpanNoise.Counts(1, 0, 0));
    assertThat(SpanNoise.T5.counts(2)).isEqualTo(new SpanNoise.Counts(2, 1, 1));
    assertThat(new SpanNoise(1, 3).counts(10)).isEqualTo(new SpanNoise.Counts(10, 9, 1));
    assertThat(new SpanNoise(0, 3).counts(10)).isEqualTo(new SpanNoise.Counts(10, 0, 0));
    // Half to even, as published: 0.15 · 30 = 4.5.
    assertThat(SpanNoise.T5.counts(30).noise()).isEqualTo(4);
  }

  /// Ten tokens, four of them noise in two spans: 3 ways to cut the noise times 5 to cut the rest, all alike. χ² of 14 degrees of
  /// freedom is below 36.1 with probability 0.999.
  @Test
  void mask_tenTokens_givesEachOfFifteenMasksAlike() {
    SpanNoise noise = new SpanNoise(0.4, 2);
    Chance chance = Chance.of(4, 0);
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < 30_000; i++) {
      counts.merge(Arrays.toString(noise.mask(10, chance)), 1, Integer::sum);
    }
    assertThat(counts).hasSize(15);
    double chiSquare = counts.values().stream().mapToDouble(c -> (c - 2000.0) * (c - 2000) / 2000).sum();
    assertThat(chiSquare).isLessThan(36.1);
  }

  @Test
  void mask_longText_hasTheDensityAndTheMeanSpan() {
    SpanNoise.Counts counts = SpanNoise.T5.counts(100_000);
    assertThat(counts.noise()).isEqualTo(15_000);
    assertThat((double) counts.noise() / counts.spans()).isCloseTo(3, within(1e-9));
  }

  @Test
  void noise_impossibleSettings_areRefused() {
    assertThatThrownBy(() -> new SpanNoise(-0.1, 3)).hasMessageContaining("density");
    assertThatThrownBy(() -> new SpanNoise(0.15, 0.5)).hasMessageContaining("mean span");
  }
}
