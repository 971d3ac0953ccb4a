package dev.athanor.inference.plain;

import dev.athanor.model.Activation;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.Norm;
import dev.athanor.model.WeightNames;

/// The small maps that all blocks are made of, over rows of numbers in double precision.
public final class Plain {
  private Plain() {}

  /// `y = W x`, W row by row
  static double[][] times(double[][] x, float[] w) {
    int in = x[0].length;
    double[][] y = new double[x.length][w.length / in];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < y[t].length; o++) {
        for (int i = 0; i < in; i++) {
          y[t][o] += x[t][i] * w[o * in + i];
        }
      }
    }
    return y;
  }

  /// @param part named without `.weight` and `.bias`
  static double[][] linear(CheckpointDir checkpoint, String part, boolean biased, double[][] x) {
    double[][] y = times(x, checkpoint.floats(WeightNames.weight(part)));
    if (biased) {
      addToEach(y, checkpoint.floats(WeightNames.bias(part)));
    }
    return y;
  }

  static void add(double[][] x, double[][] y) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += y[t][i];
      }
    }
  }

  static void addToEach(double[][] x, float[] b) {
    for (double[] row : x) {
      for (int i = 0; i < row.length; i++) {
        row[i] += b[i];
      }
    }
  }

  static double[][] norm(CheckpointDir checkpoint, String part, double[][] x) {
    float[] weight = checkpoint.floats(WeightNames.weight(part));
    double[][] normed = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      normed[t] = x[t].clone();
    }
    switch (checkpoint.decoder().norm()) {
      case Norm.Rms rms -> rms(normed, weight, rms.zeroCentred() ? 1 : 0, rms.eps());
      case Norm.Layer layer -> {
        centre(normed);
        rms(normed, weight, 0, layer.eps());
        addToEach(normed, checkpoint.floats(WeightNames.bias(part)));
      }
    }
    return normed;
  }

  private static void centre(double[][] x) {
    for (double[] row : x) {
      double mean = 0;
      for (double value : row) {
        mean += value / row.length;
      }
      for (int i = 0; i < row.length; i++) {
        row[i] -= mean;
      }
    }
  }

  /// Each part of the weight's length by itself, in place.
  static void rms(double[][] x, float[] weight, double centre, double eps) {
    for (double[] row : x) {
      for (int at = 0; at < row.length; at += weight.length) {
        double squares = 0;
        for (int i = 0; i < weight.length; i++) {
          squares += row[at + i] * row[at + i];
        }
        double scale = 1 / Math.sqrt(squares / weight.length + eps);
        for (int i = 0; i < weight.length; i++) {
          row[at + i] *= scale * (centre + weight[i]);
        }
      }
    }
  }

  public static double activate(Activation activation, double x) {
    return switch (activation) {
      case SILU -> silu(x);
      case GELU -> x * normal(x);
      case GELU_TANH -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
      case RELU -> Math.max(0, x);
    };
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  static double softplus(double x) {
    return x > 40 ? x : Math.log1p(Math.exp(x));
  }

  static double capped(double x, double cap) {
    return cap * Math.tanh(x / cap);
  }

  /// Φ, by the series `1/2 + φ(x)·(x + x³/3 + x⁵/15 + …)`, whose terms are all of one sign.
  private static double normal(double x) {
    if (Math.abs(x) > 8) {
      return x > 0 ? 1 : 0;
    }
    double term = x;
    double sum = x;
    for (int n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
      term *= x * x / n;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
