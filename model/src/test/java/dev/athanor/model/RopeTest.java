package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.Rope.Scaling;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/// What each scaling promises; their published values are held by the goldens.
class RopeTest {
  private static final double[] PLAIN = new Rope(10_000).frequencies(64, 4096);

  @Test
  void linear_dividesEveryFrequency() {
    double[] scaled = new Rope(10_000, new Scaling.Linear(8)).frequencies(64, 4096);
    assertThat(scaled).containsExactly(Arrays.stream(PLAIN).map(f -> f / 8).toArray(), within(1e-15));
  }

  @Test
  void dynamic_withinItsContext_isPlain_beyond_slowsDown() {
    Rope rope = new Rope(10_000, new Scaling.Dynamic(2, 2048));
    assertThat(rope.frequencies(64, 2048)).containsExactly(PLAIN);
    double[] longer = rope.frequencies(64, 4096);
    assertThat(longer[0]).isEqualTo(1);
    // theta · 3^(64/62) at twice the context
    assertThat(longer[31]).isCloseTo(Math.pow(10_000 * Math.pow(3, 64 / 62.0), -62 / 64.0), within(1e-12));
  }

  @Test
  void yarn_keepsFastPairs_dividesSlowOnes_blendsBetween_andSharpensAttention() {
    Rope rope = new Rope(10_000, new Scaling.Yarn(4, 4096, 32, 1, OptionalDouble.empty(), true));
    double[] scaled = rope.frequencies(64, 16_384);
    assertThat(scaled[0]).isEqualTo(PLAIN[0]);
    assertThat(scaled[31]).isCloseTo(PLAIN[31] / 4, within(1e-15));
    for (int i = 0; i < 32; i++) {
      assertThat(scaled[i]).isBetween(PLAIN[i] / 4 - 1e-15, PLAIN[i]);
    }
    assertThat(rope.magnitude()).isCloseTo(0.1 * Math.log(4) + 1, within(1e-12));
    assertThat(new Rope(10_000).magnitude()).isEqualTo(1);
  }

  @Test
  void llama3_hasThreeBands() {
    double[] plain = new Rope(500_000).frequencies(128, 131_072);
    double[] scaled = new Rope(500_000, new Scaling.Llama3(8, 1, 4, 8192)).frequencies(128, 131_072);
    for (int i = 0; i < 64; i++) {
      double wavelength = 2 * Math.PI / plain[i];
      if (wavelength < 8192 / 4.0) {
        assertThat(scaled[i]).isEqualTo(plain[i]);
      } else if (wavelength > 8192) {
        assertThat(scaled[i]).isCloseTo(plain[i] / 8, within(1e-15));
      } else {
        assertThat(scaled[i]).isBetween(plain[i] / 8, plain[i]);
      }
    }
  }

  @Test
  void scaling_thatShrinksTheContext_isRefused() {
    assertThatThrownBy(() -> new Scaling.Linear(0.5)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> new Scaling.Llama3(8, 4, 1, 8192)).hasMessageContaining("highFrequencyFactor");
  }

  @Test
  void relativeBias_bucketsAreExactNearby_andDirectional() {
    RelativeBias bias = new RelativeBias(32, 128);
    assertThat(bias.bucket(0, true)).isZero();
    assertThat(bias.bucket(-7, true)).isEqualTo(7);
    assertThat(bias.bucket(7, true)).isEqualTo(23);
    assertThat(bias.bucket(-1000, true)).isEqualTo(15);
    assertThat(bias.bucket(1000, true)).isEqualTo(31);
    assertThat(bias.bucket(5, false)).isZero();
    assertThat(bias.bucket(-15, false)).isEqualTo(15);
    assertThat(bias.bucket(-127, false)).isEqualTo(31);
    for (int distance = -300; distance < 0; distance++) {
      assertThat(bias.bucket(distance, false)).isGreaterThanOrEqualTo(bias.bucket(distance + 1, false));
    }
  }
}
