package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.train.optim.AdamW;
import java.util.Optional;
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
  void linear_run_warmsUpAndFallsToTheFloorInAStraightLine() {
    Schedule schedule = new Schedule.Linear(0.2, 0.1);
    for (int step = 0; step < 20; step++) {
      assertThat(schedule.factor(step, 100)).isCloseTo((step + 1) / 20.0, within(1e-12));
    }
    for (int step = 20; step <= 100; step++) {
      assertThat(schedule.factor(step, 100)).isCloseTo(1 - 0.9 * (step - 20) / 80.0, within(1e-12));
    }
    assertThat(new Schedule.Linear(0, 0).factor(75, 100)).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void constant_run_warmsUpAndStays() {
    Schedule schedule = new Schedule.Constant(0.1);
    for (int step = 0; step <= 100; step++) {
      assertThat(schedule.factor(step, 100)).isCloseTo(Math.min(1, (step + 1) / 10.0), within(1e-12));
    }
  }

  @Test
  void factor_warmUpOfTheWholeRun_onlyRises() {
    for (Schedule schedule : new Schedule[] {new Schedule.Cosine(1, 0), new Schedule.Linear(1, 0), new Schedule.Constant(1)}) {
      for (int step = 0; step <= 10; step++) {
        assertThat(schedule.factor(step, 10)).isCloseTo(Math.min(1, (step + 1) / 10.0), within(1e-12));
      }
    }
  }

  /// A checkpoint is resumed only on its own plan: two kinds with the same numbers are two plans.
  @Test
  void json_kindsWithTheSameNumbers_differ() {
    assertThat(Json.canonical(plan(new Schedule.Linear(0.1, 0.2)))).isNotEqualTo(Json.canonical(plan(new Schedule.Cosine(0.1, 0.2))));
    assertThat(Json.canonical(plan(new Schedule.Linear(0.1, 0.2)))).isEqualTo(Json.canonical(plan(new Schedule.Linear(0.1, 0.2))));
  }

  private static TrainPlan plan(Schedule schedule) {
    return new TrainPlan(10, 1, 1, 1, schedule, new AdamW.Settings(0.1, 0.9, 0.99, 1e-8, 0), Optional.empty(), 1);
  }

  @Test
  void factor_anyStep_isPositiveAndAtMostOne() {
    for (Schedule schedule :
        new Schedule[] {
          new Schedule.Wsd(0, 1), new Schedule.Wsd(0.5, 0.5), new Schedule.Cosine(0, 0), new Schedule.Linear(0, 0),
          new Schedule.Constant(0.3)
        }) {
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
    assertThatThrownBy(() -> new Schedule.Linear(0.1, 1.5)).hasMessageContaining("floor");
    assertThatThrownBy(() -> new Schedule.Constant(-1)).hasMessageContaining("warmup");
  }
}
