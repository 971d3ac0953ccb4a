package dev.athanor.train;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// The learning rate over a run, as a factor of its peak.
///
/// In JSON each kind tells its name: a plan's fingerprint must not be that of another kind with the same numbers.
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
public sealed interface Schedule {
  /// @param step from 0
  /// @param steps of the whole run
  double factor(long step, long steps);

  /// Warm-up, stable, decay: linear up over `warmup` of the run, flat, then linear down to zero over the last `decay`.
  /// Hu et al., https://arxiv.org/abs/2404.06395
  record Wsd(double warmup, double decay) implements Schedule {
    public Wsd {
      requireShare("warmup", warmup);
      requireShare("decay", decay);
      if (warmup + decay > 1) {
        throw new IllegalArgumentException("warmup and decay together exceed the run");
      }
    }

    @Override
    public double factor(long step, long steps) {
      double rising = rise(step, steps, warmup);
      double left = (double) (steps - step) / steps;
      return left < decay ? Math.min(rising, left / decay) : rising;
    }
  }

  /// Linear up over `warmup` of the run, then half a cosine down to `floor` of the peak.
  record Cosine(double warmup, double floor) implements Schedule {
    public Cosine {
      requireShare("warmup", warmup);
      requireShare("floor", floor);
    }

    @Override
    public double factor(long step, long steps) {
      double rising = rise(step, steps, warmup);
      return rising < 1 ? rising : floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * decayed(step, steps, warmup)));
    }
  }

  /// Linear up over `warmup` of the run, then linear down to `floor` of the peak.
  record Linear(double warmup, double floor) implements Schedule {
    public Linear {
      requireShare("warmup", warmup);
      requireShare("floor", floor);
    }

    @Override
    public double factor(long step, long steps) {
      double rising = rise(step, steps, warmup);
      return rising < 1 ? rising : 1 - (1 - floor) * decayed(step, steps, warmup);
    }
  }

  /// Linear up over `warmup` of the run, then flat.
  record Constant(double warmup) implements Schedule {
    public Constant {
      requireShare("warmup", warmup);
    }

    @Override
    public double factor(long step, long steps) {
      return rise(step, steps, warmup);
    }
  }

  /// How much of the way from the end of the warm-up to the end of the run is done.
  private static double decayed(long step, long steps, double warmup) {
    double done = (double) step / steps;
    return done <= warmup ? 0 : (done - warmup) / (1 - warmup);
  }

  private static double rise(long step, long steps, double warmup) {
    double warm = warmup * steps;
    return step + 1 < warm ? (step + 1) / warm : 1;
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be between 0 and 1, not " + value);
    }
  }
}
