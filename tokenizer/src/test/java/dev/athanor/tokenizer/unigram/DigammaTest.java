package dev.athanor.tokenizer.unigram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DigammaTest {
  private static final double EULER = 0.5772156649015329;

  @Test
  void of_knownValues_isExactToThirteenDigits() {
    assertThat(Digamma.of(1)).isCloseTo(-EULER, within(1e-13));
    assertThat(Digamma.of(0.5)).isCloseTo(-EULER - 2 * Math.log(2), within(1e-13));
    assertThat(Digamma.of(0.25)).isCloseTo(-EULER - Math.PI / 2 - 3 * Math.log(2), within(1e-13));
    double harmonic = 0;
    for (int n = 1; n < 2000; n++) {
      assertThat(Digamma.of(n)).isCloseTo(harmonic - EULER, within(2e-12));
      harmonic += 1.0 / n;
    }
    assertThat(Digamma.of(1e12)).isCloseTo(Math.log(1e12), within(1e-11));
  }
}
