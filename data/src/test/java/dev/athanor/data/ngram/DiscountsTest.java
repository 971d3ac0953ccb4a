package dev.athanor.data.ngram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DiscountsTest {
  @Test
  void estimate_allCountsPresent_isChenAndGoodmansEquation() {
    var discounts = Discounts.estimate(new long[] {0, 100, 40, 20, 10});
    double y = 100.0 / 180;
    assertThat(discounts.of(1)).isCloseTo(1 - 2 * y * 40 / 100, within(1e-12));
    assertThat(discounts.of(2)).isCloseTo(2 - 3 * y * 20 / 40, within(1e-12));
    assertThat(discounts.of(3)).isCloseTo(3 - 4 * y * 10 / 20, within(1e-12));
    assertThat(discounts.of(99)).isEqualTo(discounts.of(3));
  }

  @Test
  void estimate_aCountIsMissing_takesOneDiscountForAll() {
    assertThat(Discounts.estimate(new long[] {0, 6, 2, 0, 1})).isEqualTo(new Discounts(0.6, 0.6, 0.6));
    assertThat(Discounts.estimate(new long[5])).isEqualTo(new Discounts(0.5, 0.5, 0.5));
  }

  @Test
  void estimate_oddShape_staysPositive() {
    var discounts = Discounts.estimate(new long[] {0, 10, 1, 100, 1});
    assertThat(discounts.two()).isPositive();
    assertThat(discounts.more()).isLessThanOrEqualTo(3);
  }
}
