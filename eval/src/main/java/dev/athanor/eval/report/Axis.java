package dev.athanor.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.stream.DoubleStream;

/// Maps values to 0…1 and names round values between, by Heckbert's "Nice numbers for graph labels" (Graphics Gems,
/// 1990). Holds for any data: none, one value, all equal.
record Axis(double low, double high, Scale scale) {
  enum Scale {
    LINEAR,
    LOG
  }

  private static final double LARGEST = 1e100;
  private static final String[] MAGNITUDES = {"", "k", "M", "G", "T", "P"};
  private static final int MOST_TICKS = 12;

  /// Whether a value has a place on such an axis; beyond ±1e100 the arithmetic of a range would overflow.
  static boolean draws(double value, Scale scale) {
    return Math.abs(value) <= LARGEST && (scale == Scale.LINEAR || value >= 1 / LARGEST);
  }

  /// An axis that holds all of the values which it can draw.
  static Axis over(DoubleStream values, Scale scale) {
    DoublePredicate drawn = v -> draws(v, scale);
    double[] sorted = values.filter(drawn).sorted().toArray();
    if (sorted.length == 0) {
      return scale == Scale.LOG ? new Axis(0.1, 10, scale) : new Axis(0, 1, scale);
    }
    double low = sorted[0];
    double high = sorted[sorted.length - 1];
    double size = Math.max(Math.abs(low), Math.abs(high));
    if (high - low <= Math.max(size * 1e-9, 1 / LARGEST)) {
      double room = size < 1 / LARGEST ? 1 : size * 0.1;
      return new Axis(low - room, high + room, scale);
    }
    return new Axis(low, high, scale);
  }

  /// Grown outward so that both ends are round (linear) or have a little air (logarithmic).
  Axis rounded() {
    return switch (scale) {
      case LINEAR -> {
        double step = step();
        yield new Axis(Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step, scale);
      }
      case LOG -> {
        double air = Math.pow(high / low, 0.04);
        yield new Axis(low / air, high * air, scale);
      }
    };
  }

  /// 0 at the low end, 1 at the high end.
  double position(double value) {
    double at =
        switch (scale) {
          case LINEAR -> (value - low) / (high - low);
          case LOG -> (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low));
        };
    return Math.clamp(at, 0, 1);
  }

  List<Double> ticks() {
    return scale == Scale.LOG && high / low >= 10 ? decades() : rounds();
  }

  private List<Double> rounds() {
    double step = step();
    List<Double> ticks = new ArrayList<>();
    double first = Math.ceil(low / step - 1e-9);
    for (int i = 0; i < MOST_TICKS && (first + i) * step <= high + step * 1e-6; i++) {
      double tick = (first + i) * step;
      ticks.add(tick == 0 ? 0.0 : tick);
    }
    return ticks;
  }

  private List<Double> decades() {
    int from = (int) Math.floor(Math.log10(low));
    int to = (int) Math.ceil(Math.log10(high));
    int stride = Math.max(1, (to - from + 5) / 6);
    int[] factors = to - from <= 3 ? new int[] {1, 2, 5} : new int[] {1};
    List<Double> ticks = new ArrayList<>();
    for (int decade = from; decade <= to; decade += stride) {
      for (int factor : factors) {
        double tick = factor * Math.pow(10, decade);
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  /// 1, 2 or 5 times a power of ten; about five steps to the axis.
  private double step() {
    double rough = (high - low) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double lead = rough / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  /// A tick as short as it can be without becoming equal to its neighbour.
  String label(double tick) {
    double size = Math.max(Math.abs(low), Math.abs(high));
    boolean spread = scale == Scale.LOG && high / low >= 10;
    if (size < 1e-3 || size >= 1e18 || (spread && (low < 1e-3 || high >= 1e7))) {
      return Figures.significant(tick, 3);
    }
    if (spread) {
      return tick >= 1000 ? Figures.compact(tick).replace(" ", "") : Figures.significant(tick, 2);
    }
    int magnitude = size < 10_000 ? 0 : (int) (Math.log10(size) / 3);
    double unit = Math.pow(1000, magnitude);
    int decimals = Math.clamp((int) Math.ceil(-Math.log10(step() / unit) - 1e-9), 0, 9);
    return Figures.fixed(tick / unit, decimals) + MAGNITUDES[magnitude];
  }
}
