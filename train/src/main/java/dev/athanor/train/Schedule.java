package dev.athanor.train;

/// The learning rate over a run, as a factor of its peak.
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
      double done = (double) step / steps;
      if (done < warmup) {
        return rise(step, steps, warmup);
      }
      double down = (done - warmup) / (1 - warmup);
      return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * down));
    }
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
