package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void wsd_run_warmsUpStaysAndDecaysToNothing() {
    Schedule schedule = new Schedule.Wsd(0.1, 0.2);
    double[] factors = LongStream.rangeClosed(0, 100).mapToDouble(step -> schedule.factor(step, 100)).toArray();
    for (int step = 0; step < 10; step++) {
      assertThat(factors[step]).isCloseTo((step + 1) / 10.0, within(1e-12));
    }
    for (int step = 10; step <= 80; step++) {
      assertThat(factors[step]).isEqualTo(1);
    }
    for (int step = 80; step <= 100; step++) {
      assertThat(factors[step]).isCloseTo((100 - step) / 20.0, within(1e-12));
    }
  }

  @Test
  void cosine_run_warmsUpAndFallsToTheFloor() {
    Schedule schedule = new Schedule.Cosine(0.2, 0.1);
    assertThat(schedule.factor(0, 100)).isCloseTo(0.05, within(1e-12));
    assertThat(schedule.factor(19, 100)).isEqualTo(1);
    assertThat(schedule.factor(20, 100)).isEqualTo(1);
    assertThat(schedule.factor(60, 100)).isCloseTo(0.55, within(1e-12));
    assertThat(schedule.factor(100, 100)).isCloseTo(0.1, within(1e-12));
    for (int step = 20; step < 100; step++) {
      assertThat(schedule.factor(step + 1, 100)).isLessThan(schedule.factor(step, 100));
    }
  }

  @Test
  void factor_anyStep_isPositiveAndAtMostOne() {
    for (Schedule schedule : new Schedule[] {new Schedule.Wsd(0, 1), new Schedule.Wsd(0.5, 0.5), new Schedule.Cosine(0, 0)}) {
      for (long steps : new long[] {1, 2, 7, 1000}) {
        for (long step = 0; step < steps; step++) {
          assertThat(schedule.factor(step, steps)).isGreaterThan(0).isLessThanOrEqualTo(1);
        }
      }
    }
  }

  @Test
  void shares_outsideTheRun_areRefused() {
    assertThatThrownBy(() -> new Schedule.Wsd(0.6, 0.5)).hasMessageContaining("exceed the run");
    assertThatThrownBy(() -> new Schedule.Wsd(-0.1, 0.5)).hasMessageContaining("-0.1");
    assertThatThrownBy(() -> new Schedule.Cosine(0.1, Double.NaN)).hasMessageContaining("floor");
  }
}
