package dev.athanor.inference.plain;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.Mixer;
import dev.athanor.model.WeightNames;
import java.util.Arrays;

/// State spaces, channel by channel and state by state.
final class PlainStateSpaces {
  private PlainStateSpaces() {}

  static double[][] mix(CheckpointDir checkpoint, WeightNames.StateSpace names, Mixer.Mamba m, double[][] in) {
    int inner = m.innerSize();
    double[][] both = Plain.linear(checkpoint, names.in(), m.projectionBias(), in);
    double[][] u = convolved(checkpoint, names, columns(both, 0, inner), m.convKernel(), m.convBias());
    double[][] selected = Plain.times(u, checkpoint.floats(names.x()));
    double[][] delta = Plain.linear(checkpoint, names.dt(), true, columns(selected, 0, m.dtRank()));
    float[] logA = checkpoint.floats(names.logA());
    float[] d = checkpoint.floats(names.d());
    double[][] y = new double[in.length][inner];
    double[][] h = new double[inner][m.stateSize()];
    for (int t = 0; t < in.length; t++) {
      for (int c = 0; c < inner; c++) {
        double step = Plain.softplus(delta[t][c]);
        double sum = d[c] * u[t][c];
        for (int s = 0; s < m.stateSize(); s++) {
          double b = selected[t][m.dtRank() + s];
          double read = selected[t][m.dtRank() + m.stateSize() + s];
          h[c][s] = Math.exp(-step * Math.exp(logA[c * m.stateSize() + s])) * h[c][s] + step * u[t][c] * b;
          sum += read * h[c][s];
        }
        y[t][c] = sum * Plain.silu(both[t][inner + c]);
      }
    }
    return Plain.linear(checkpoint, names.out(), m.projectionBias(), y);
  }

  static double[][] mix(CheckpointDir checkpoint, WeightNames.StateSpace names, Mixer.Mamba2 m, double[][] in) {
    int inner = m.innerSize();
    int states = m.stateSize();
    double[][] all = Plain.linear(checkpoint, names.in(), m.projectionBias(), in);
    double[][] xbc =
        convolved(checkpoint, names, columns(all, inner, inner + m.convSize()), m.convKernel(), m.convBias());
    float[] dtBias = checkpoint.floats(names.dtBias());
    float[] logA = checkpoint.floats(names.logA());
    float[] d = checkpoint.floats(names.d());
    double[][] y = new double[in.length][inner];
    double[][] h = new double[inner][states];
    for (int t = 0; t < in.length; t++) {
      for (int c = 0; c < inner; c++) {
        int head = c / m.headDim();
        int group = head / (m.numHeads() / m.groups());
        double step = Plain.softplus(all[t][inner + m.convSize() + head] + dtBias[head]);
        double decay = Math.exp(-step * Math.exp(logA[head]));
        double sum = d[head] * xbc[t][c];
        for (int s = 0; s < states; s++) {
          h[c][s] = decay * h[c][s] + step * xbc[t][c] * xbc[t][inner + group * states + s];
          sum += xbc[t][inner + (m.groups() + group) * states + s] * h[c][s];
        }
        y[t][c] = sum * Plain.silu(all[t][c]);
      }
    }
    float[] weight = checkpoint.floats(names.norm());
    float[] ones = new float[inner / m.groups()];
    Arrays.fill(ones, 1);
    Plain.rms(y, ones, 0, m.normEps());
    for (double[] row : y) {
      for (int c = 0; c < inner; c++) {
        row[c] *= weight[c];
      }
    }
    return Plain.linear(checkpoint, names.out(), m.projectionBias(), y);
  }

  private static double[][] convolved(
      CheckpointDir checkpoint, WeightNames.StateSpace names, double[][] x, int kernel, boolean biased) {
    float[] taps = checkpoint.floats(WeightNames.weight(names.convolution()));
    int channels = x[0].length;
    double[][] y = new double[x.length][channels];
    if (biased) {
      Plain.addToEach(y, checkpoint.floats(WeightNames.bias(names.convolution())));
    }
    for (int t = 0; t < x.length; t++) {
      for (int c = 0; c < channels; c++) {
        for (int j = Math.max(0, kernel - 1 - t); j < kernel; j++) {
          y[t][c] += taps[c * kernel + j] * x[t - kernel + 1 + j][c];
        }
        y[t][c] = Plain.silu(y[t][c]);
      }
    }
    return y;
  }

  private static double[][] columns(double[][] x, int from, int to) {
    return Arrays.stream(x).map(row -> Arrays.copyOfRange(row, from, to)).toArray(double[][]::new);
  }
}
